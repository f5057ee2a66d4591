"""Linters for numbers: ranges, codes of one or two digits, and numbers that belong together."""

from __future__ import annotations

import re

from pharmatrace.kernel.gs1.linters.fault import Fault, non_digit, whole

_MEDIA_TYPES = frozenset([*range(1, 11), *range(80, 100)])
_POSITION = re.compile(r"([0-9]+)/([0-9]+)")


def zero(text: str) -> Fault | None:
    """Zeros only."""
    return None if text and not text.strip("0") else whole("not_zero", text)


def nonzero(text: str) -> Fault | None:
    """A number above zero."""
    fault = non_digit(text) if text else None
    if fault:
        return fault
    return None if text.strip("0") else whole("illegal_zero_value", text)


def nozeroprefix(text: str) -> Fault | None:
    """A number without a leading zero."""
    if text.startswith("0"):
        return Fault("illegal_zero_prefix", 0, 1)
    return non_digit(text) if text else None


def yesno(text: str) -> Fault | None:
    """0 is no, 1 is yes."""
    return None if text in ("0", "1") else whole("not_zero_or_one", text)


def winding(text: str) -> Fault | None:
    """Winding direction of a roll: 0, 1 or 9."""
    return None if text in ("0", "1", "9") else whole("invalid_winding_direction", text)


def iso5218(text: str) -> Fault | None:
    """Biological sex (ISO/IEC 5218): 0, 1, 2 or 9."""
    return None if text in ("0", "1", "2", "9") else whole("invalid_biological_sex_code", text)


def mediatype(text: str) -> Fault | None:
    """AIDC media type: 01 to 10 and 80 to 99."""
    good = len(text) == 2 and not non_digit(text) and int(text) in _MEDIA_TYPES
    return None if good else whole("invalid_media_type", text)


def pieceoftotal(text: str) -> Fault | None:
    """Two numbers of equal length: the piece and how many there are."""
    fault = non_digit(text) if text else None
    if fault:
        return fault
    half, odd = divmod(len(text), 2)
    if odd or not half:
        return whole("invalid_length_for_piece_of_total", text)
    piece, total = int(text[:half]), int(text[half:])
    if not piece:
        return Fault("zero_piece_number", 0, half)
    if not total:
        return Fault("zero_total_pieces", half, half)
    return None if piece <= total else whole("piece_number_exceeds_total", text)


def posinseqslash(text: str) -> Fault | None:
    """Position and end of a sequence, `2/3`, both without leading zeros."""
    parts = _POSITION.fullmatch(text)
    if parts is None:
        return whole("position_in_sequence_malformed", text)
    for group in (1, 2):
        if parts[group].startswith("0"):
            return Fault("illegal_zero_prefix", parts.start(group), len(parts[group]))
    if int(parts[1]) > int(parts[2]):
        return whole("position_exceeds_end", text)
    return None


def latitude(text: str) -> Fault | None:
    """Ten digits, 0 to 1800000000: degrees + 90, times ten million."""
    return _coordinate(text, "latitude", 1_800_000_000)


def longitude(text: str) -> Fault | None:
    """Ten digits, 0 to 3600000000: degrees modulo 360, times ten million."""
    return _coordinate(text, "longitude", 3_600_000_000)


def _coordinate(text: str, name: str, limit: int) -> Fault | None:
    if len(text) != 10:
        return whole(f"{name}_invalid_length", text)
    fault = non_digit(text)
    if fault:
        return fault
    return None if int(text) <= limit else whole(f"invalid_{name}", text)
