"""The character sets that GS1 data may use (GS1 General Specifications §7.11) and how they are
written inside a Digital Link path."""

from __future__ import annotations

import re
from urllib.parse import quote

SET_82 = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
SET_39 = frozenset("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SET_64 = frozenset("-0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
DIGITS = frozenset("0123456789")

SETS = {"N": DIGITS, "X": SET_82, "Y": SET_39, "Z": SET_64}

# Letters, digits and these stay as they are; all else is percent-encoded. `'`, `;` and `=` stay
# too: they are missing from the list of GS1 Digital Link URI Syntax, and the event hash vectors
# keep them, so one written form serves links, package ids and hashes.
_STAYS = "-._~';="
_PLAIN = re.compile(r"[A-Za-z0-9\-._~';=]*", re.ASCII)


def encode(value: str) -> str:
    """`value` as one segment of a Digital Link path, percent-encoded only where needed."""
    if _PLAIN.fullmatch(value):
        return value
    return quote(value, safe=_STAYS)


def first_outside(value: str, kind: str) -> int:
    """Index of the first character of `value` outside set `kind` (N, X, Y, Z), or -1."""
    allowed = SETS[kind]
    for index, character in enumerate(value):
        if character not in allowed:
            return index
    return -1
