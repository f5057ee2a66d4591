"""Linters for days and times of day (GS1 General Specifications §3.4, §7.12)."""

from __future__ import annotations

from calendar import monthrange

from pharmatrace.kernel.gs1.dates import full_year
from pharmatrace.kernel.gs1.linters.fault import Fault, non_digit, whole


def yyyymmd0(text: str) -> Fault | None:
    """A day with its full year; day 00 is the last of the month."""
    fault = _digits(text, 8, "date")
    if fault:
        return fault
    return _day(int(text[:4]), text[4:6], text[6:], place=4)


def yyyymmdd(text: str) -> Fault | None:
    """A day with its full year."""
    return yyyymmd0(text) or _no_day(text)


def yymmd0(text: str) -> Fault | None:
    """A day with the last two digits of its year; day 00 is the last of the month."""
    fault = _digits(text, 6, "date")
    if fault:
        return fault
    return _day(full_year(int(text[:2])), text[2:4], text[4:], place=2)


def yymmdd(text: str) -> Fault | None:
    """A day with the last two digits of its year."""
    return yymmd0(text) or _no_day(text)


def hh(text: str) -> Fault | None:
    """Hours, 00 to 23."""
    return _digits(text, 2, "hour") or _below(24, text, "illegal_hour")


def mi(text: str) -> Fault | None:
    """Minutes."""
    return _digits(text, 2, "minute") or _below(60, text, "illegal_minute")


def ss(text: str) -> Fault | None:
    """Seconds."""
    return _digits(text, 2, "second") or _below(60, text, "illegal_second")


def hhmi(text: str) -> Fault | None:
    """Hours and minutes."""
    if len(text) != 4:
        return whole(f"hour_with_minute_too_{'short' if len(text) < 4 else 'long'}", text)
    fault = hh(text[:2])
    if fault:
        return fault
    fault = mi(text[2:])
    return Fault(fault.code, fault.start + 2, fault.length) if fault else None


def _digits(text: str, length: int, name: str) -> Fault | None:
    if len(text) != length:
        return whole(f"{name}_too_{'short' if len(text) < length else 'long'}", text)
    return non_digit(text)


def _below(limit: int, text: str, code: str) -> Fault | None:
    return None if int(text) < limit else Fault(code, 0, 2)


def _day(year: int, month: str, day: str, *, place: int) -> Fault | None:
    if not 1 <= int(month) <= 12:
        return Fault("illegal_month", place, 2)
    # The calendar module knows no year 0, which has the February of any year divisible by 400.
    if int(day) > monthrange(year or 400, int(month))[1]:
        return Fault("illegal_day", place + 2, 2)
    return None


def _no_day(text: str) -> Fault | None:
    return Fault("illegal_day", len(text) - 2, 2) if text.endswith("00") else None
