"""Orders that have ties and gaps, in pages of two; limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query, read_query_object
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
EX = {"ex": "https://ns.example.com/"}
SAME = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def events(tell: Tell) -> None:
    """Recorded in the order of the alphabet, some of them at once."""
    values: dict[str, Any] = {
        "a": 3, "b": "10", "c": None, "d": 3, "e": "Zoe", "f": "zoe", "g": "2026-11-20T10:00:00Z",
        "h": "2026-11-20T10:30:00+01:00", "i": -2.5, "j": "é", "k": 3, "l": ["2.75", 99],
    }  # fmt: skip
    for number, (name, value) in enumerate(values.items()):
        when = f"2026-11-21T0{number // 3}:00:00Z"
        own = {} if value is None else {"@context": EX, "ex:rank": value}
        tell(name, eventTime=when, at=SAME, fields=own)


FOUND = [
    ({}, "abcdefghijkl"),
    ({"orderDirection": "DESC"}, "lkjihgfedcba"),
    ({"orderBy": "eventTime", "orderDirection": "ASC"}, "abcdefghijkl"),
    ({"orderBy": "eventTime"}, "lkjihgfedcba"),
    ({"orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": "5"}, "abcde"),
    ({"orderBy": "recordTime", "orderDirection": "DESC", "eventCountLimit": "1"}, "l"),
    ({"orderBy": "recordTime", "orderDirection": "ASC", "eventCountLimit": "99"}, "abcdefghijkl"),
    # Numbers, times, texts; those without the field last, whichever way.
    ({"orderBy": "ex:rank", "orderDirection": "ASC"}, "iladkbhgefjc"),
    ({"orderBy": "https://ns.example.com/rank"}, "jfeghbkdalic"),
    ({"orderBy": "ex:rank", "orderDirection": "ASC", "eventCountLimit": "4"}, "ilad"),
    ({"orderBy": "ex:nothing", "orderDirection": "ASC"}, "abcdefghijkl"),
    ({"maxEventCount": "12"}, "abcdefghijkl"),
]


def test_orders(events: None, ask: Ask) -> None:
    for asked, names in FOUND:
        assert "".join(ask(**asked)) == names, asked
        assert "".join(ask(asked)) == names, asked


def test_more_than_allowed(events: None, ask: Ask) -> None:
    with pytest.raises(EpcisException) as refused:
        ask(maxEventCount="11")
    assert (refused.value.name, refused.value.status) == ("QueryTooLargeException", 413)


@pytest.mark.parametrize(
    "asked",
    [
        {"orderBy": "colour"}, {"orderBy": "quantity"}, {"orderBy": "ex:"},
        {"orderDirection": "asc"}, {"eventCountLimit": "1"}, {"maxEventCount": "0"},
        {"maxEventCount": "-1"}, {"maxEventCount": "1.0"}, {"maxEventCount": "|"},
        {"eventCountLimit": "0", "orderBy": "eventTime"},
        {"eventCountLimit": "1", "maxEventCount": "1", "orderBy": "eventTime"},
    ],
)  # fmt: skip
def test_what_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query({name: [value] for name, value in asked.items()})
    assert refused.value.name == "QueryParameterException"


@pytest.mark.parametrize(
    "asked",
    [
        {"orderBy": None}, {"orderBy": ["eventTime", "recordTime"]}, {"orderBy": 1},
        {"orderDirection": True}, {"maxEventCount": True}, {"maxEventCount": 1.5},
        {"maxEventCount": 0}, {"maxEventCount": {}}, {"orderBy": {"a": 1}},
    ],
)  # fmt: skip
def test_what_a_named_query_may_not_say(asked: Any) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query_object(asked)
    assert refused.value.name == "QueryParameterException"
