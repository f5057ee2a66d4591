"""When things happened, when we learnt of them, in whatever zone one asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def events(tell: Tell) -> None:
    tell("eight", eventTime="2026-11-21T08:00:00Z", at=NINE.replace(hour=8))
    tell("nine", eventTime="2026-11-21T10:00:00+01:00", at=NINE)
    tell("ten", eventTime="2026-11-21T10:00:00Z", at=NINE.replace(hour=10))


FOUND = [
    ("GE_eventTime", "2026-11-21T09:00:00Z", ["nine", "ten"]),
    ("GE_eventTime", "2026-11-21T10:30:00+01:00", ["ten"]),
    ("LT_eventTime", "2026-11-21T09:00:00.000Z", ["eight"]),
    ("LT_eventTime", "2026-11-21T09:00:00.001Z", ["eight", "nine"]),
    ("GE_recordTime", "2026-11-22T09:00:00Z", ["nine", "ten"]),
    ("GE_recordTime", "2026-11-22T11:00:00Z", []),
    ("LT_recordTime", "2026-11-22T09:00:00Z", ["eight"]),
    ("LT_recordTime", "2026-11-22T04:00:00-05:00", ["eight"]),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)
        assert ask({name: value}) == names, (name, value)


@pytest.mark.parametrize("side", ["GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime"])
@pytest.mark.parametrize(
    "value",
    ["|", "yesterday", "2026-11-21", "2026-11-21T09:00:00", "2026-02-30T09:00:00Z", "now"],
)
def test_what_is_refused(side: str, value: str) -> None:
    with pytest.raises(EpcisException, match=side):
        read_query({side: [value]})


@pytest.mark.parametrize("name", ["GT_eventTime", "LE_recordTime", "EQ_eventTime", "GE_Time"])
def test_there_is_no_such_parameter(name: str) -> None:
    with pytest.raises(EpcisException, match="not a parameter"):
        read_query({name: ["2026-11-21T09:00:00Z"]})
