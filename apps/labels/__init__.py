"""What is printed on packs and containers, as PDF and as ZPL, and the numbers of new containers.

The way of a label: `content` says what it bears, `symbols` makes the modules of its codes, `layout` places symbols and
lines in millimetres, and `pdf_labels` or `zpl` write them down. Nothing of it holds more than one page in memory.
"""

from __future__ import annotations
