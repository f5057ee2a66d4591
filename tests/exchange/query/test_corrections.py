"""Which events are declared wrong, when, why, and what replaces them."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
OWN = "https://ns.example.com/typo"


@pytest.fixture
def events(tell: Tell) -> None:
    def wrong(name: str, **said: Any) -> None:
        tell(name, kind="declare_error", errorDeclaration=said)

    tell("right")
    wrong("bare", declarationTime="2026-11-20T08:00:00Z")
    wrong("why", declarationTime="2026-11-20T09:00:00.000200Z", reason="incorrect_data",
          correctiveEventIDs=["urn:x:new", "urn:x:newer"])  # fmt: skip
    wrong("own", declarationTime="2026-11-20T11:00:00+01:00", reason=OWN)


ALL = ["bare", "why", "own"]


FOUND = [
    ("EXISTS_errorDeclaration", "", ALL),
    ("EXISTS_errorDeclaration", "true", ALL),
    ("EXISTS_errorDeclaration", "false", ["right", *ALL]),
    ("GE_errorDeclarationTime", "2026-11-20T09:00:00.0002Z", ["why", "own"]),
    ("GE_errorDeclaration_Time", "2026-11-20T09:00:00.000201Z", ["own"]),
    ("LT_errorDeclarationTime", "2026-11-20T09:00:00.0002Z", ["bare"]),
    ("LT_errorDeclaration_Time", "2026-11-20T07:00:00Z", []),
    ("EQ_errorReason", "incorrect_data", ["why"]),
    ("EQ_errorReason", f"urn:epcglobal:cbv:er:incorrect_data|{OWN}", ["why", "own"]),
    ("EQ_errorReason", "did_not_occur", []),
    ("EQ_correctiveEventID", "urn:x:newer", ["why"]),
    ("EQ_correctiveEventID", "urn:x:other", []),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)


@pytest.mark.parametrize("value", [None, 1, True])
def test_a_named_query_says_it_in_its_own_way(events: None, ask: Ask, value: Any) -> None:
    assert ask({"EXISTS_errorDeclaration": value}) == ALL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXISTS_errorDeclaration", "2"), ("GE_errorDeclarationTime", "soon"),
        ("LT_errorDeclaration_Time", "|"), ("EQ_errorReason", "|"), ("EQ_correctiveEventID", "|"),
        ("GT_errorDeclarationTime", "2026-11-20T09:00:00Z"), ("EQ_errorDeclaration", "x"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(EpcisException, match=name):
        read_query({name: [value]})
