"""When a standing query is asked: the grammar of EPCIS 2.0 §8.2.5.3, and the next time it fires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pharmatrace.kernel.epcis.schedule import FIELDS, read_schedule
from pharmatrace.kernel.refusal import Refused

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "after", "fires"),
    [
        ({"hour": "1", "minute": "5"}, "2026-11-02T08:00:00", "2026-11-03T01:05:00"),
        ({"hour": "1", "minute": "5"}, "2026-11-02T01:04:59", "2026-11-02T01:05:00"),
        ({"hour": "1", "minute": "5"}, "2026-11-02T01:05:00", "2026-11-03T01:05:00"),
        ({"second": "0/30"}, "2026-11-02T08:00:00", "2026-11-02T08:00:30"),
        ({"second": "0/30"}, "2026-11-02T08:00:30", "2026-11-02T08:01:00"),
        ({"minute": "0,[30-31]"}, "2026-11-02T08:30:00", "2026-11-02T08:31:00"),
        ({"dayOfWeek": "7"}, "2026-11-02T08:00:00", "2026-11-08T00:00:00"),
        ({"dayOfMonth": "29", "month": "2"}, "2026-11-02T08:00:00", "2028-02-29T00:00:00"),
        ({"dayOfMonth": "31"}, "2026-11-02T08:00:00", "2026-12-31T00:00:00"),
        ({"month": "1"}, "2026-11-02T08:00:00", "2027-01-01T00:00:00"),
        ({"second": "59", "hour": "23"}, "2026-12-31T23:59:59", "2027-01-01T23:00:59"),
    ],
)
def test_the_next_time(fields: Any, after: str, fires: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert read_schedule(fields).next_after(moment) == datetime.fromisoformat(fires).replace(
        tzinfo=UTC
    )


def test_fractions_of_a_second_are_passed_over() -> None:
    almost = MONDAY.replace(microsecond=1)
    assert read_schedule({"second": "0"}).next_after(almost) == MONDAY + timedelta(minutes=1)


def test_what_never_comes_is_known_to_never_come() -> None:
    assert read_schedule({"dayOfMonth": "30", "month": "2"}).next_after(MONDAY) is None
    leap = read_schedule({"dayOfMonth": "29", "month": "2", "dayOfWeek": "1"})
    assert leap.next_after(datetime(2096, 3, 1, tzinfo=UTC)) == datetime(2112, 2, 29, tzinfo=UTC)


def test_the_end_of_the_calendar_is_an_end() -> None:
    last = datetime(9999, 12, 31, 23, 59, 58, tzinfo=UTC)
    assert read_schedule({"second": "0"}).next_after(last) is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, {"schedule"}),
        ({"second": "60", "hour": "24"}, {"second", "hour"}),
        ({"dayOfMonth": "0"}, {"dayOfMonth"}),
        ({"dayOfWeek": "8"}, {"dayOfWeek"}),
        ({"minute": 5}, {"minute"}),
        ({"minute": None}, {"minute"}),
        ({"minute": ""}, {"minute"}),
        ({"minute": "5,"}, {"minute"}),
        ({"minute": "[9-5]"}, {"minute"}),
        ({"minute": "9-15"}, {"minute"}),
        ({"minute": "*"}, {"minute"}),
        ({"minute": "0/0"}, {"minute"}),
        ({"minute": "٥"}, {"minute"}),
        ({"minute": "5\n"}, {"minute"}),
        ({"minute": "1," * 300 + "1"}, {"minute"}),
        ({"minutes": "5"}, {"minutes"}),
    ],
)
def test_what_is_no_schedule_is_refused_field_by_field(fields: Any, named: set[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_schedule(fields)
    assert {one.data["field"] for one in refused.value.refusals} == named


def spelled(name: str) -> st.SearchStrategy[str]:
    low, high = FIELDS[name]
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(lambda two: f"[{min(two)}-{max(two)}]")
    steps = st.tuples(number, st.integers(1, 59)).map(lambda two: f"{two[0]}/{two[1]}")
    return st.lists(st.one_of(number.map(str), ranges, steps), min_size=1, max_size=3).map(",".join)


def chosen(*names: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={name: spelled(name) for name in names}).filter(bool)


MOMENTS = st.integers(0, 7 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(max_examples=150, deadline=None)
@given(chosen("minute", "hour", "dayOfMonth", "month", "dayOfWeek"), MOMENTS)
def test_it_fires_when_a_walk_over_the_minutes_says_so(
    fields: dict[str, str], after: datetime
) -> None:
    schedule = read_schedule(fields)
    fires = schedule.next_after(after)
    minute = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    end = minute + timedelta(days=3)
    while minute < end and not schedule.matches(minute):
        minute += timedelta(minutes=1)
    if minute < end:
        assert fires == minute
    else:
        assert fires is None or fires >= end


@settings(max_examples=100, deadline=None)
@given(chosen("second", "minute", "hour"), MOMENTS)
def test_it_fires_when_a_walk_over_the_seconds_says_so(
    fields: dict[str, str], after: datetime
) -> None:
    schedule = read_schedule(fields)
    second = after.replace(microsecond=0) + timedelta(seconds=1)
    for _ in range(7_300):
        if schedule.matches(second):
            break
        second += timedelta(seconds=1)
    fires = schedule.next_after(after)
    assert fires is not None
    assert fires == second if schedule.matches(second) else fires > second


@given(chosen("second", "minute", "hour"), MOMENTS, st.integers(-840, 840))
def test_the_zone_of_the_question_does_not_matter(
    fields: dict[str, str], after: datetime, offset: int
) -> None:
    schedule = read_schedule(fields)
    elsewhere = after.astimezone(timezone(timedelta(minutes=offset)))
    assert schedule.next_after(elsewhere) == schedule.next_after(after)
