"""How much of a class, as it was written or converted."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import CHANGE, Ask, Tell

pytestmark = pytest.mark.django_db
KIND = "https://id.gs1.org/01/09521234543213"


@pytest.fixture
def events(tell: Tell) -> None:
    def some(quantity: Any = None, uom: Any = None) -> list[Any]:
        said = {"epcClass": KIND, "quantity": quantity, "uom": uom}
        return [{name: value for name, value in said.items() if value is not None}]

    tell("none")
    tell("unknown", quantityList=some())
    tell("three", quantityList=some(3))
    tell("kilos", quantityList=some(2.5, "KGM"))
    tell("grams", of=CHANGE, inputQuantityList=some(2500, "GRM"), outputQuantityList=some(1, "LTR"))


FOUND = [
    ("EQ_quantity", "3", ["three"]),
    ("EQ_quantity", "3.0|2500", ["three", "grams"]),
    ("EQ_quantity", "4", []),
    ("GT_quantity", "3", ["grams"]),
    ("GE_quantity", "3", ["three", "grams"]),
    ("LT_quantity", "3", ["kilos", "grams"]),
    ("LE_quantity", "1", ["grams"]),
    ("EQ_quantity_KGM", "2.5", ["kilos", "grams"]),
    ("EQ_quantity_GRM", "2500", ["kilos", "grams"]),
    ("GT_quantity_KGM", "2.5", []),
    ("GE_quantity_GRM", "2500", ["kilos", "grams"]),
    ("LT_quantity_LTR", "1", []),
    ("LE_quantity_MLT", "1000", ["grams"]),
    ("GE_quantity_EA", "1", []),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)
        assert ask({name: [float(one) for one in value.split("|")]}) == names, (name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EQ_quantity", "|"),
        ("GT_quantity", "1|2"),
        ("GE_quantity", "x"),
        ("EQ_quantity_KGM", "0x1"),
    ],
)
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(EpcisException, match=name):
        read_query({name: [value]})
