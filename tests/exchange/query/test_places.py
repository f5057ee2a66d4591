"""Read points and business locations, with and without what lies in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
MIAS, DANS = "https://id.gs1.org/414/5601000000028", "https://id.gs1.org/414/8437000000020"
MIA, DAN = "https://id.gs1.org/417/5601000000011", "https://id.gs1.org/417/8437000000013"


@pytest.fixture
def events(tell: Tell, mia: Any, dan: Any) -> None:
    tell("nowhere")
    for name, place in (("site", MIAS), ("shelf", f"{MIAS}/254/A7"), ("else", DANS)):
        tell(f"at-{name}", readPoint={"id": place})
        tell(f"in-{name}", bizLocation={"id": place})
    tell("private", readPoint={"id": "urn:x:dock"}, bizLocation={"id": "urn:x:dock"})


@pytest.mark.parametrize(("field", "word"), [("readPoint", "at"), ("bizLocation", "in")])
@pytest.mark.parametrize(
    ("with_descendants", "value", "names"),
    [
        (False, MIAS, ["site"]),
        (False, "urn:epc:id:sgln:5601000.00002.0", ["site"]),
        (False, "urn:epc:id:sgln:5601000.00002.A7", ["shelf"]),
        (False, "http://id.gs1.org/gln/5601000000028", ["site"]),
        (False, f"{MIAS}|{DANS}", ["site", "else"]),
        (False, MIA, []),
        (True, MIAS, ["site", "shelf"]),
        (True, f"{MIAS}/254/A7", ["shelf"]),
        (True, MIA, ["site", "shelf"]),
        (True, DAN, ["else"]),
        (True, f"{MIA}|{DANS}", ["site", "shelf", "else"]),
        (True, "https://id.gs1.org/417/5602000000018", []),
        (True, "https://id.gs1.org/414/5601000000011", ["site", "shelf"]),
    ],
)
def test_what_is_found(
    events: None,
    ask: Ask,
    field: str,
    word: str,
    with_descendants: bool,
    value: str,
    names: list[str],
) -> None:
    name = f"{'WD' if with_descendants else 'EQ'}_{field}"
    assert ask(**{name: value}) == [f"{word}-{one}" for one in names]
    assert ask({name: value.split("|")}) == [f"{word}-{one}" for one in names]


@pytest.mark.parametrize(
    "name", ["EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation"]
)
def test_a_private_name_is_a_name(events: None, ask: Ask, name: str) -> None:
    assert ask(**{name: "urn:x:dock"}) == ["private"]
    assert ask(**{name: "urn:x:other"}) == []
