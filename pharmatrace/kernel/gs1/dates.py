"""Dates in GS1 element strings: six digits, YYMMDD."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def read_date(yymmdd: str, *, today: date | None = None) -> date | None:
    """The date that six digits mean, or None when there is no such day.

    DD = 00 means the last day of the month (GS1 General Specifications §3.4.7). The century is
    chosen by the window of §7.12: the year within 49 years behind and 50 years ahead of the current
    one. A medicine's dates lie in this century, so without `today` the years 00 to 99 are
    2000 to 2099, except 77 to 99 which are 1977 to 1999 as the window of 2026 has it.
    """
    if len(yymmdd) != 6 or not (yymmdd.isascii() and yymmdd.isdigit()):
        return None
    short, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    year = full_year(short, today.year if today else 2026)
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day > last:
        return None
    return date(year, month, day or last)


def full_year(short: int, current: int = 2026) -> int:
    """The year that two digits mean, read in the year `current` (General Specifications §7.12)."""
    difference = short - current % 100
    century = current - current % 100
    if difference >= 51:
        century -= 100
    elif difference <= -50:
        century += 100
    return century + short


def write_date(day: date) -> str:
    """`day` as YYMMDD."""
    return day.strftime("%y%m%d")
