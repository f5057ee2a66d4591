"""The character sets that GS1 data may use (GS1 General Specifications §7.11) and how they are
written inside a Digital Link path."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote, unquote_plus

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
_UNRESERVED = "-._~"
_PLAIN = re.compile(r"[A-Za-z0-9\-._~';=]*", re.ASCII)


def encode(value: str) -> str:
    """`value` as one segment of a Digital Link path, percent-encoded only where needed."""
    if _PLAIN.fullmatch(value):
        return value
    return quote(value, safe=_STAYS)


def escape_path(value: str) -> str:
    """`value` as a path segment, all but RFC 3986's unreserved characters percent-encoded."""
    return quote(value, safe=_UNRESERVED)


def escape_query(value: str) -> str:
    """`value` as a query value, likewise; a space becomes a plus sign."""
    return quote_plus(value, safe=_UNRESERVED)


def unescape_path(text: str) -> str:
    """A path segment decoded, one character per octet: GS1 data is ASCII, all else is refused later
    and has its place kept. Percent signs that encode nothing stay."""
    return unquote(text, encoding="latin-1")


def unescape_query(text: str) -> str:
    """A query value decoded, likewise; a plus sign is a space."""
    return unquote_plus(text, encoding="latin-1")


def first_outside(value: str, kind: str) -> int:
    """Index of the first character of `value` outside set `kind` (N, X, Y, Z), or -1."""
    allowed = SETS[kind]
    for index, character in enumerate(value):
        if character not in allowed:
            return index
    return -1
