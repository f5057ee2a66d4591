"""MATCH parameters over events about other things; those about packages are in tests/exchange/test_events.py."""

from __future__ import annotations

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import CHANGE, GRAI, PLAIN, SGTIN, Ask, Tell

pytestmark = pytest.mark.django_db
GTIN = "https://id.gs1.org/01/09521234543213"
OTHER = "https://id.gs1.org/01/19521234543210"
LOT = f"{GTIN}/10/L1"
CHILDREN = {name: PLAIN[name] for name in PLAIN if name != "epcList"} | {
    "type": "AggregationEvent", "childEPCs": [],
}  # fmt: skip


@pytest.fixture
def events(tell: Tell) -> None:
    tell("listed", epcList=[SGTIN + "A", GRAI + "1"])
    tell("packed", of=CHILDREN, parentID=GRAI + "9", childEPCs=[SGTIN + "B"])
    tell("made", of=CHANGE, inputEPCList=[SGTIN + "A"], outputEPCList=[SGTIN + "C"])
    tell("counted", quantityList=[{"epcClass": LOT, "quantity": 3}])
    tell("boxed", of=CHILDREN, parentID=GRAI + "9",
         childQuantityList=[{"epcClass": GTIN, "quantity": 4}])  # fmt: skip
    tell("cooked", of=CHANGE, inputQuantityList=[{"epcClass": LOT, "quantity": 1}],
         outputQuantityList=[{"epcClass": OTHER, "quantity": 2}])  # fmt: skip
    tell("private", epcList=["urn:x:thing"], quantityList=[{"epcClass": "urn:x:kind"}])
    tell("place", type="AssociationEvent", of=CHILDREN,
         parentID="https://id.gs1.org/414/9521234000006/254/D1", childEPCs=[GRAI + "1"])  # fmt: skip


FOUND = [
    ("MATCH_epc", SGTIN + "A", ["listed"]),
    ("MATCH_epc", "urn:epc:id:sgtin:9521234.054321.A", ["listed"]),
    ("MATCH_epc", "https://example.com/gtin/9521234543213/ser/A?x=1", ["listed"]),
    ("MATCH_epc", SGTIN + "B", ["packed"]),
    ("MATCH_epc", f"{SGTIN}B|{GRAI}1", ["listed", "packed", "place"]),
    ("MATCH_epc", GRAI + "9", []),
    ("MATCH_epc", "urn:x:thing", ["private"]),
    ("MATCH_parentID", GRAI + "9", ["packed", "boxed"]),
    ("MATCH_parentID", "urn:epc:id:grai:9521234.54321.9", ["packed", "boxed"]),
    ("MATCH_parentID", GRAI + "1", []),
    ("MATCH_inputEPC", SGTIN + "A", ["made"]),
    ("MATCH_inputEPC", SGTIN + "C", []),
    ("MATCH_outputEPC", SGTIN + "C", ["made"]),
    ("MATCH_outputEPC", SGTIN + "A", []),
    ("MATCH_anyEPC", SGTIN + "A", ["listed", "made"]),
    ("MATCH_anyEPC", SGTIN + "C", ["made"]),
    ("MATCH_anyEPC", GRAI + "9", ["packed", "boxed"]),
    ("MATCH_anyEPC", SGTIN + "Z", []),
    ("MATCH_epcClass", LOT, ["counted"]),
    ("MATCH_epcClass", "urn:epc:class:lgtin:9521234.054321.L1", ["counted"]),
    ("MATCH_epcClass", GTIN, ["boxed"]),
    ("MATCH_epcClass", "urn:x:kind", ["private"]),
    ("MATCH_epcClass", OTHER, []),
    ("MATCH_inputEPCClass", LOT, ["cooked"]),
    ("MATCH_inputEPCClass", OTHER, []),
    ("MATCH_outputEPCClass", OTHER, ["cooked"]),
    ("MATCH_outputEPCClass", LOT, []),
    ("MATCH_anyEPCClass", LOT, ["counted", "cooked"]),
    ("MATCH_anyEPCClass", f"{GTIN}|{OTHER}", ["boxed", "cooked"]),
    ("MATCH_anyEPCClass", f"{OTHER}/10/L1", []),
    # Patterns: of single objects, of classes.
    ("MATCH_epc", "urn:epc:idpat:sgtin:9521234.054321.*", ["listed", "packed"]),
    ("MATCH_epc", "urn:epc:idpat:sgtin:9521234.*.*", ["listed", "packed"]),
    ("MATCH_epc", "urn:epc:idpat:sgtin:*.*.*", ["listed", "packed"]),
    ("MATCH_epc", "urn:epc:idpat:sgtin:9521234.054321.B", ["packed"]),
    ("MATCH_epc", "urn:epc:idpat:sgtin:9521235.*.*", []),
    ("MATCH_epc", "urn:epc:idpat:grai:9521234.54321.*", ["listed", "place"]),
    ("MATCH_epc", "urn:epc:idpat:sscc:*.*", []),
    ("MATCH_parentID", "urn:epc:idpat:grai:9521234.*.*", ["packed", "boxed"]),
    ("MATCH_parentID", "urn:epc:idpat:sgln:9521234.00000.*", ["place"]),
    ("MATCH_parentID", "urn:epc:idpat:sgln:9521234.00000.0", []),
    ("MATCH_inputEPC", "urn:epc:idpat:sgtin:9521234.054321.*", ["made"]),
    ("MATCH_outputEPC", "urn:epc:idpat:grai:*.*.*", []),
    ("MATCH_anyEPC", f"urn:epc:idpat:sgln:*.*.*|{SGTIN}C", ["made", "place"]),
    ("MATCH_epcClass", "urn:epc:idpat:sgtin:9521234.054321.*", ["counted", "boxed"]),
    ("MATCH_epcClass", "urn:epc:idpat:sgtin:9521234.154321.*", []),
    ("MATCH_anyEPCClass", "urn:epc:idpat:sgtin:9521234.*.*", ["counted", "boxed", "cooked"]),
    ("MATCH_outputEPCClass", "urn:epc:idpat:sgtin:9521234.154321.*", ["cooked"]),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)
        assert ask({name: value.split("|")}) == names, (name, value)


@pytest.mark.parametrize(
    "value",
    [
        "|", "urn:epc:id:sgtin:1.2", "urn:epc:idpat:sgtin:9521234.*.A", "urn:epc:idpat:sgtin:952*.*.*",
        "urn:epc:idpat:sgtin:*.054321.*", "urn:epc:idpat:nothing:*.*", "urn:epc:idpat:sgtin:*.*",
        "urn:epc:idpat:sgtin:9521234.05432.*", "urn:epc:idpat:sgtin:9521234..*", "urn:epc:idpat:",
        "urn:epc:idpat:sgtin:95.*.*", "urn:epc:idpat:itip:9521234.054321.1.2.*",
        "urn:epc:idpat:sgtin:9521234.054321.A*", "|".join(f"{SGTIN}{n}" for n in range(21)),
    ],
)  # fmt: skip
def test_what_is_refused(value: str) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query({"MATCH_epc": [value]})
    assert refused.value.name == "QueryParameterException"


def test_a_declared_error_is_found_by_what_it_is_about(events: None, ask: Ask, tell: Tell) -> None:
    tell("wrong", kind="declare_error", epcList=[SGTIN + "A"],
         errorDeclaration={"declarationTime": "2026-11-20T12:00:00Z"})  # fmt: skip
    assert ask(MATCH_epc=SGTIN + "A") == ["listed", "wrong"]
