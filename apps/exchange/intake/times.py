"""When something happened, from the text of a cell: with a zone, or in the zone that was agreed; never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pharmatrace.kernel.epcis.formats import OFFSET
from pharmatrace.kernel.refusal import Refused

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?([.,]\d{1,6})?\s?(Z|[+-]\d\d:\d\d)?",
    re.ASCII | re.IGNORECASE,
)


def moment(text: str, zone: ZoneInfo | None) -> datetime:
    """Aware, with the offset that was written or that `zone` had then.

    Raises Refused `time_invalid`, `zone_missing`, `time_ambiguous` (the hour that comes twice in autumn),
    `time_skipped` (the hour that spring has not).
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise _invalid(text)
    day, minute, second, fraction, offset = found.groups()
    try:
        at = datetime.fromisoformat(
            f"{day}T{minute}{second or ':00'}{(fraction or '').replace(',', '.')}"
        )
        if offset is None:
            return _in_zone(at, zone, text)
        offset = "+00:00" if offset in "Zz" else offset
        if not OFFSET.fullmatch(offset):
            raise _invalid(text)
        at = datetime.fromisoformat(f"{at.isoformat()}{offset}")
        at.astimezone(UTC)
        return at
    except (ValueError, OverflowError):
        raise _invalid(text) from None


def _in_zone(at: datetime, zone: ZoneInfo | None, text: str) -> datetime:
    if zone is None:
        raise Refused.one(
            "zone_missing",
            f"{text} has no time zone, and none was agreed for these files; write +01:00 behind it.",
        )
    early, late = at.replace(tzinfo=zone, fold=0), at.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
            raise Refused.one(
                "time_skipped", f"{text} did not exist in {zone.key}: the clocks went forward."
            )
        raise Refused.one(
            "time_ambiguous", f"{text} came twice in {zone.key}; write the offset behind it."
        )
    if (early.utcoffset() or timedelta()).total_seconds() % 60:
        raise _invalid(text)
    return early


def _invalid(text: str) -> Refused:
    return Refused.one("time_invalid", f"{text!r} is not a time like 2026-11-20T10:15:00+01:00.")
