"""Fuzzing of the kernel's readers: mutated inputs, and laws that hold for whatever is read.

`make fuzz SECONDS=600 READER=xml` runs one reader; docs/fuzzing.md says what was run and found.
"""

from __future__ import annotations
