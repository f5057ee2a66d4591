"""Linters for character sets (GS1 General Specifications §7.11) and for what single characters may be."""

from __future__ import annotations

import re

from pharmatrace.kernel.gs1.characters import SET_39, SET_64, SET_82
from pharmatrace.kernel.gs1.linters.fault import Fault, first_not_in, non_digit, whole

_SET_64_UNPADDED = SET_64 - {"="}
_PERCENT = re.compile(r"%(?:[0-9A-Fa-f]{2})?")


def csetnumeric(text: str) -> Fault | None:
    """Digits."""
    return non_digit(text)


def cset82(text: str) -> Fault | None:
    """GS1 AI encodable character set 82."""
    return first_not_in(SET_82, text, "invalid_cset82_character")


def cset39(text: str) -> Fault | None:
    """GS1 AI encodable character set 39."""
    return first_not_in(SET_39, text, "invalid_cset39_character")


def cset64(text: str) -> Fault | None:
    """File-safe and URI-safe base 64, with at most two padding signs, then of a length of threes."""
    data = text.rstrip("=")
    pads = len(text) - len(data)
    if pads > 2 or (pads and len(text) % 3):
        return Fault("invalid_cset64_padding", len(data), pads)
    return first_not_in(_SET_64_UNPADDED, data, "invalid_cset64_character")


def importeridx(text: str) -> Fault | None:
    """One character: digit, letter, hyphen or underscore."""
    if len(text) != 1:
        return whole("importer_idx_must_be_one_character", text)
    return first_not_in(_SET_64_UNPADDED, text, "invalid_import_idx_character")


def hyphen(text: str) -> Fault | None:
    """Nothing but hyphens."""
    return None if text and not text.strip("-") else whole("not_hyphen", text)


def hasnondigit(text: str) -> Fault | None:
    """At least one character that is no digit."""
    if text.strip("0123456789"):
        return None
    return whole("requires_non_digit_character", text)


def pcenc(text: str) -> Fault | None:
    """Percent signs are followed by two hexadecimal digits."""
    for found in _PERCENT.finditer(text):
        if len(found[0]) == 1:
            return Fault(
                "invalid_percent_sequence", found.start(), min(3, len(text) - found.start())
            )
    return None
