"""Query schedules: when a standing query is asked (EPCIS 2.0 §8.2.5.3), in UTC.

A schedule names values of second, minute, hour, dayOfMonth, month and dayOfWeek (1 is Monday); it fires at
every second that matches all of them. A field holds numbers and ranges: `"5"`, `"[9-17]"`, `"0,15,[30-35]"`;
and, since GS1's openapi.yaml has such an example, `"0/30"`: from 0 in steps of 30.

A field that is not named matches any value if a smaller one is named, and else only its first: `{"hour": "1",
"minute": "5"}` is once a day at 01:05:00 (openapi.yaml, "every morning at 1.05am"), not 60 times.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pharmatrace.kernel.refusal import Refusal, Refused

FIELDS = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
LONGEST_FIELD = 400
# 29 February falls on a given weekday every 28 years, and around a year such as 2100 within 40.
_DAYS = 366 * 41
_ELEMENT = re.compile(
    r"(?P<one>[0-9]{1,2})(?:/(?P<step>[0-9]{1,2}))?|\[(?P<low>[0-9]{1,2})-(?P<high>[0-9]{1,2})\]"
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values that match, each field in ascending order."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def matches(self, moment: datetime) -> bool:
        """True where `moment`, to the second and in UTC, is one to fire at."""
        at = moment.astimezone(UTC)
        return self._has_day(at) and (
            at.hour in self.hours and at.minute in self.minutes and at.second in self.seconds
        )

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after `moment` to fire at; None where none comes in 40 years."""
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, clock = start.date(), start.time()
        for _ in range(_DAYS):
            if self._has_day(day):
                found = self._first_from(clock)
                if found is not None:
                    return datetime.combine(day, found, tzinfo=UTC)
            if day.year == 9999 and (day.month, day.day) == (12, 31):
                return None
            day, clock = day + timedelta(days=1), time()
        return None

    def _has_day(self, day: Any) -> bool:
        return (
            day.month in self.months and day.day in self.days and day.isoweekday() in self.weekdays
        )

    def _first_from(self, clock: time) -> time | None:
        """The first time of day at or after `clock`."""
        for hour in self.hours[bisect_left(self.hours, clock.hour) :]:
            same_hour = hour == clock.hour
            for minute in self.minutes[
                bisect_left(self.minutes, clock.minute) if same_hour else 0 :
            ]:
                same_minute = same_hour and minute == clock.minute
                place = bisect_left(self.seconds, clock.second) if same_minute else 0
                if place < len(self.seconds):
                    return time(hour, minute, self.seconds[place])
        return None


def read_schedule(fields: Mapping[str, Any]) -> Schedule:
    """The schedule that `fields` spell. Raises `Refused` `schedule` with every field that is wrong, each
    with `field`."""
    wrong = [
        _refusal(name, f"{name[:40]} is not a field of a schedule; those are {', '.join(FIELDS)}.")
        for name in fields
        if name not in FIELDS
    ]
    named: dict[str, tuple[int, ...]] = {}
    for name, (low, high) in FIELDS.items():
        if name in fields:
            try:
                named[name] = _values(fields[name], low, high)
            except ValueError as error:
                wrong.append(_refusal(name, f"{name} {error}."))
    if not wrong and not named:
        wrong.append(_refusal("schedule", "A schedule names at least one field."))
    if wrong:
        raise Refused(wrong)
    return Schedule(*_filled(named))


def _filled(named: Mapping[str, tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Every field, in the order of FIELDS. Days of month and of week, and months, match any."""
    filled, smaller_named = [], False
    for name, (low, high) in FIELDS.items():
        smaller_named = smaller_named or name in named
        whole = smaller_named or name in ("dayOfMonth", "month", "dayOfWeek")
        filled.append(named.get(name, tuple(range(low, high + 1)) if whole else (low,)))
    return filled


def _values(text: Any, low: int, high: int) -> tuple[int, ...]:
    """Raises ValueError with what is wrong."""
    if not isinstance(text, str):
        raise ValueError('is a string, such as "5" or "[9-17]"')
    if len(text) > LONGEST_FIELD:
        raise ValueError(f"is longer than {LONGEST_FIELD} characters")
    values: set[int] = set()
    for element in text.split(","):
        match = _ELEMENT.fullmatch(element)
        if match is None:
            raise ValueError(
                'is numbers and ranges joined by commas, such as "5", "[9-17]", "0/30"'
            )
        first = int(match["one"] or match["low"])
        last = int(match["high"] or (high if match["step"] else first))
        step = int(match["step"] or 1)
        if not low <= first <= last <= high or not step:
            raise ValueError(f"goes from {low} to {high}, upwards")
        values.update(range(first, last + 1, step))
    return tuple(sorted(values))


def _refusal(field: str, sentence: str) -> Refusal:
    return Refusal("schedule", sentence, {"field": field[:40]})
