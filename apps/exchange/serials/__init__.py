"""Serial numbers for a batch, before they are put on packs: made here, or taken from a file and looked at row by row.

A list is made (`upload`, `generate`), read in the background (`step`), looked over by a person, and started or thrown
away. Nothing is recorded of custody before it is started.
"""

from __future__ import annotations
