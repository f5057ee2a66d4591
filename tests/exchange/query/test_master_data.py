"""Events by what is registered of the sites, organisations, products and batches they name."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
PORTO, VIGO = "https://id.gs1.org/414/5601000000028", "https://id.gs1.org/414/8437000000020"
DAN = "https://id.gs1.org/417/8437000000013"
GTIN = "https://id.gs1.org/01/09521234543213"
EX = {"ex": "https://ns.example.com/"}


@pytest.fixture
def events(tell: Tell, dan: Any, batch: Any) -> None:
    tell("porto", readPoint={"id": PORTO})
    tell("shelf", readPoint={"id": f"{PORTO}/254/A7"}, bizLocation={"id": PORTO})
    tell(
        "vigo",
        readPoint={"id": VIGO},
        destinationList=[{"type": "owning_party", "destination": DAN}],
    )
    tell("unknown", readPoint={"id": "https://id.gs1.org/414/5602000000025"})
    tell("product", quantityList=[{"epcClass": GTIN}])
    tell("lot", quantityList=[{"epcClass": f"{GTIN}/10/L1"}])
    tell("mine", fields={"@context": EX, "ex:via": [DAN, VIGO]})


FOUND = [
    ("HASATTR_readPoint", "city", ["porto", "shelf", "vigo"]),
    ("HASATTR_readPoint", "urn:epcglobal:cbv:mda:city", ["porto", "shelf", "vigo"]),
    ("HASATTR_readPoint", "colour", []),
    ("HASATTR_readPoint", "colour|cbvmda:name", ["porto", "shelf", "vigo"]),
    ("HASATTR_bizLocation", "name", ["shelf"]),
    ("HASATTR_destination", "name", ["vigo"]),
    ("HASATTR_source", "name", []),
    ("HASATTR_epcClass", "regulatedProductName", ["product", "lot"]),
    ("HASATTR_epcClass", "lotNumber", ["lot"]),
    ("HASATTR_ex:via", "countryCode", ["mine"]),
    ("HASATTR_https://ns.example.com/via", "city", ["mine"]),
    ("EQATTR_readPoint_city", "Porto", ["porto", "shelf"]),
    ("EQATTR_readPoint_cbvmda:city", "Porto|Vigo", ["porto", "shelf", "vigo"]),
    ("EQ_ATTR_readPoint_city", "Vigo", ["vigo"]),
    ("EQATTR_readPoint_city", "Lisboa", []),
    ("EQATTR_readPoint_colour", "red", []),
    ("EQATTR_destination_countryCode", "ES", ["vigo"]),
    ("EQATTR_epcClass_urn:epcglobal:cbv:mda:dosageFormType", "tablet", ["product", "lot"]),
    ("EQATTR_epcClass_itemExpirationDate", "2027-10-31", ["lot"]),
    ("EQATTR_ex:via_name", "Dan Distributes", ["mine"]),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)
        assert ask({name: value.split("|")}) == names, (name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HASATTR_bizStep", "name"), ("HASATTR_readPoint", "|"), ("EQATTR_readPoint", "x"),
        ("EQATTR_colour_name", "x"), ("EQATTR_readPoint_", "x"), ("EQATTR_readPoint_city", "|"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(EpcisException, match=name):
        read_query({name: [value]})
