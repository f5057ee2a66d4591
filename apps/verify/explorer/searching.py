"""One box for everything in the log: a number, an entry, a commitment, a root."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from apps.verify.explorer.selectors import (
    Leaf,
    Published,
    checkpoint_of,
    checkpoint_of_root,
    entry_at,
    entry_of_commitment,
)
from pharmatrace.kernel.evidence.statement import ENTRY_SIZE, StatementError, read_entry
from pharmatrace.kernel.tlog.base64text import from_base64

LONGEST = 200
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Found:
    """What fits the text; both None where nothing does."""

    entry: Leaf | None = None
    checkpoint: Published | None = None
    readable: bool = True
    """Whether the text is anything that could be in a log."""


def search(text: str) -> Found:
    """A number is an index and a size; 32 bytes (hex or base64) are a commitment or a root, 34 an entry."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return Found(entry_at(int(text)), checkpoint_of(int(text)))
    data = _octets(text)
    if data is not None and len(data) == ENTRY_SIZE:
        try:
            return Found(entry_of_commitment(read_entry(data).commitment))
        except StatementError:
            return Found(readable=False)
    if data is not None and len(data) == 32:
        return Found(entry_of_commitment(data), checkpoint_of_root(data))
    return Found(readable=False)


def _octets(text: str) -> bytes | None:
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        pass
    try:
        return from_base64(text)
    except ValueError:
        return None
