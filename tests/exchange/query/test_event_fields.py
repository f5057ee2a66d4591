"""Type, action, step, disposition, transactions, parties, transformation, certification, IDs."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query, read_query_object
from tests.exchange.query.conftest import CHANGE, PLAIN, SGTIN, Ask, Tell

pytestmark = pytest.mark.django_db
ORDER = "https://id.gs1.org/253/9521234000013A1"
PARTY = "https://id.gs1.org/417/9521234000013"
EX = {"ex": "https://ns.example.com/"}
MINE = "https://ns.example.com/mixing"


@pytest.fixture
def events(tell: Tell) -> None:
    tell("plain")
    tell("shipped", bizStep="shipping", disposition="in_transit", action="ADD")
    tell("mixed", bizStep=MINE, disposition=MINE)
    tell("change", of=CHANGE, inputEPCList=[SGTIN + "A"], outputEPCList=[SGTIN + "B"],
         transformationID="https://ns.example.com/t/1")  # fmt: skip
    tell("bound", type="AssociationEvent", parentID=SGTIN + "P", childEPCs=[SGTIN + "C"],
         of={name: PLAIN[name] for name in PLAIN if name != "epcList"})  # fmt: skip
    tell("own", type=MINE)
    tell("lasting", persistentDisposition={"set": ["expired"], "unset": ["recalled", "active"]})
    tell("sold", bizTransactionList=[{"type": "po", "bizTransaction": ORDER}],
         sourceList=[{"type": "owning_party", "source": PARTY}],
         destinationList=[{"type": MINE, "destination": PARTY}])  # fmt: skip
    tell("certified", certificationInfo="https://ns.example.com/c/1")
    tell("twice", certificationInfo=["https://ns.example.com/c/1", "https://ns.example.com/c/2"])


FOUND = [
    ("eventType", "TransformationEvent", ["change"]),
    ("eventType", "TransformationEvent|AssociationEvent", ["change", "bound"]),
    ("eventType", MINE, ["own"]),
    ("eventType", f"AssociationEvent|{MINE}", ["bound", "own"]),
    ("eventType", "TransactionEvent", []),
    ("EQ_action", "ADD", ["shipped"]),
    ("EQ_action", "ADD|DELETE", ["shipped"]),
    ("EQ_action", "DELETE", []),
    ("EQ_bizStep", "shipping", ["shipped"]),
    ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:shipping", ["shipped"]),
    ("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-shipping", ["shipped"]),
    ("EQ_bizStep", "cbv:BizStep-shipping", ["shipped"]),
    ("EQ_bizStep", f"{MINE}|shipping", ["shipped", "mixed"]),
    ("EQ_bizStep", "receiving", []),
    ("EQ_disposition", "in_transit", ["shipped"]),
    ("EQ_disposition", MINE, ["mixed"]),
    ("EQ_disposition", "active", []),
    ("EQ_persistentDisposition_set", "expired", ["lasting"]),
    ("EQ_persistentDisposition_set", "recalled", []),
    ("EQ_persistentDisposition_unset", "urn:epcglobal:cbv:disp:active", ["lasting"]),
    ("EQ_persistentDisposition_unset", "expired", []),
    ("EQ_transformationID", "https://ns.example.com/t/1", ["change"]),
    ("EQ_transformationID", "https://ns.example.com/t/2", []),
    ("EQ_bizTransaction_po", ORDER, ["sold"]),
    ("EQ_bizTransaction_po", "urn:epc:id:gdti:9521234.00001.A1", ["sold"]),
    ("EQ_bizTransaction_inv", ORDER, []),
    ("EQ_source_owning_party", PARTY, ["sold"]),
    ("EQ_source_owning_party", "urn:epc:id:pgln:9521234.00001", ["sold"]),
    ("EQ_source_location", PARTY, []),
    (f"EQ_destination_{MINE}", PARTY, ["sold"]),
    ("EQ_destination_owning_party", PARTY, []),
    ("EQ_certificationInfo", "https://ns.example.com/c/1", ["certified", "twice"]),
    ("EQ_certificationInfo", "https://ns.example.com/c/2", ["twice"]),
    ("EQ_certificationInfo", "https://ns.example.com/c/3", []),
    ("EQ_eventID", "urn:x:own|urn:x:sold", ["own", "sold"]),
    ("EQ_eventID", "urn:x:nothing", []),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)
        assert ask({name: value.split("|")}) == names, (name, value)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"EQ_bizStep": ["ex:mixing"], "@context": EX}, ["mixed"]),
        ({"EQ_bizStep": ["ex:mixing"]}, []),
        (
            {"EQ_destination_ex:mixing": [PARTY], "@context": ["https://x.example/", EX]},
            ["sold"],
        ),
        ({"eventType": ["ex:mixing"], "@context": EX}, ["own"]),
        ({"EQ_action": [], "EQ_bizStep": ["shipping"]}, ["shipped"]),
        ({"EQ_action": "", "EQ_bizStep": ["shipping"], "GE_eventTime": ""}, ["shipped"]),
        ({"EQ_bizStep": "shipping"}, ["shipped"]),
    ],
)
def test_a_named_query_declares_prefixes(
    events: None, ask: Ask, asked: Any, names: list[str]
) -> None:
    assert ask(asked) == names


def test_a_parameter_without_a_value_is_as_if_it_were_not_there(events: None, ask: Ask) -> None:
    """EPCIS 2.0 §8.2.5; one that does not exist is refused all the same."""
    assert ask(EQ_bizStep="shipping", EQ_action="", LT_eventTime="") == ["shipped"]
    with pytest.raises(EpcisException):
        read_query({"eventCountLimit": ["5"], "orderBy": [""]})
    with pytest.raises(EpcisException):
        read_query_object({"EQ_color": []})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("eventType", "Nothing"), ("eventType", "objectevent"), ("EQ_action", "add"),
        ("EQ_action", "ADD|"), ("EQ_color", ""), ("EQ_disposition", "a||b"),
        ("EQ_persistentDisposition_kept", "active"), ("EQ_bizTransaction_", "x"),
        ("EQ_bizTransaction", "x"), ("EQ_source_owning_party", "urn:epc:id:pgln:1.2"),
        ("EQ_userID", "x"), ("EQ_requestID", "x"), ("EQ_captureID", "x"), ("eq_action", "ADD"),
        ("GE_bizStep", "shipping"), ("EQ_transformationID", "x\x00y"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query({name: [value]})
    assert refused.value.name == "QueryParameterException"
    assert refused.value.detail


def test_the_hash_of_an_event_finds_it(events: None, ask: Ask, tell: Tell) -> None:
    from apps.exchange.documents import hash_id

    event = tell("", bizStep="storing")
    assert ask(EQ_eventID=hash_id(event)) == [hash_id(event)]
