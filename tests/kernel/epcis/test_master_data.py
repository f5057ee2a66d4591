"""Master data as plain values: every spelling of an attribute, every key."""

from __future__ import annotations

from typing import Any

import pytest

from pharmatrace.kernel.epcis.files import read_file
from pharmatrace.kernel.epcis.master_data import Thing, attribute_name, things_in
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList

US_PRODUCT = {
    "additionalTradeItemIdentification": "00000-0123-45",
    "additionalTradeItemIdentificationTypeCode": "US_FDA_NDC",
    "regulatedProductName": "Examplin",
    "dosageFormType": "TABLET",
    "strengthDescription": "40 mg",
    "netContentDescription": "30 tablets",
    "manufacturerOfTradeItemPartyName": "Mia Makes Medicines",
}


def only(id: str, vocabulary: str = "Location", spelled: str = "", **said: Any) -> Thing:
    pairs = tuple((spelled + name, value) for name, value in said.items())
    element = MasterDataElement(id=id, attributes=pairs)
    [thing] = things_in([MasterDataList(type=vocabulary, elements=(element,))])
    return thing


@pytest.mark.parametrize(
    "spelled",
    ["urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda#", "cbvmda:", "https://ref.gs1.org/cbv/",
     "https://gs1.org/voc/"],
)  # fmt: skip
def test_a_product_in_every_spelling(spelled: str) -> None:
    thing = only("urn:epc:idpat:sgtin:0614141.107346.*", "EPCClass", spelled, **US_PRODUCT)
    assert (thing.kind, thing.key) == ("product", "10614141073464")
    assert thing.values == {
        "name": "Examplin",
        "form": "TABLET",
        "strength": "40 mg",
        "pack_size": "30 tablets",
        "manufacturer": "Mia Makes Medicines",
        "ndc": "00000-0123-45",
    }
    assert attribute_name(spelled + "dosageFormType") == "dosageFormType"


@pytest.mark.parametrize(
    ("id", "kind", "key"),
    [
        ("urn:epc:id:sgln:0614141.07346.0", "place", "0614141073467"),
        ("https://id.gs1.org/414/0614141073467", "place", "0614141073467"),
        ("https://example.com/path/414/0614141073467?17=271031", "place", "0614141073467"),
        ("urn:epc:id:pgln:0614141.07346", "party", "0614141073467"),
        ("https://id.gs1.org/01/10614141073464", "product", "10614141073464"),
        ("urn:epc:id:sgln:0614141.07346.1", "", ""),  # a spot in a place
        ("https://id.gs1.org/414/0614141073460", "", ""),  # its check digit is wrong
        ("urn:epc:class:lgtin:0614141.107346.L1", "", ""),  # a lot
        ("urn:epc:id:sgtin:0614141.107346.S1", "", ""),
        ("http://example.com/place/7", "", ""),
    ],
)
def test_what_is_named_by_which_key(id: str, kind: str, key: str) -> None:
    thing = only(id, spelled="cbvmda:", name="X")
    assert (thing.kind, thing.key) == (kind, key)
    assert thing.attributes == {"name": ["X"]}


def test_a_place_with_its_address() -> None:
    thing = only(
        "urn:epc:id:sgln:0614141.07346.0", spelled="urn:epcglobal:cbv:mda#", name="Dock",
        streetAddressOne="1 Main St", streetAddressTwo="Gate 2", city="Lawrenceville", state="NJ",
        postalCode="08648", countryCode="us",
    )  # fmt: skip
    assert thing.values == {
        "name": "Dock", "street": "1 Main St, Gate 2", "city": "Lawrenceville", "state": "NJ",
        "postal_code": "08648", "country": "US",
    }  # fmt: skip


def test_a_number_of_another_kind_is_no_ndc() -> None:
    said = US_PRODUCT | {"additionalTradeItemIdentificationTypeCode": "SUPPLIER_ASSIGNED"}
    thing = only("https://id.gs1.org/01/10614141073464", spelled="cbvmda:", **said)
    assert "ndc" not in thing.values


def test_values_that_are_no_text_are_attributes_without_a_plain_value() -> None:
    thing = only("urn:x:1", spelled="", **{"urn:a": {"b": 1}, "urn:c": ["d", 4], "urn:e": True})
    assert thing.attributes == {"urn:a": [], "urn:c": ["d", "4"], "urn:e": []}


def test_hostile_text_becomes_one_short_line() -> None:
    thing = only("urn:x:\x001", spelled="cbvmda:", name="\x00A\ud800\nB" + "x" * 5_000)
    assert thing.uri == "urn:x: 1"
    assert thing.attributes["name"][0].startswith("A  B")
    assert len(thing.attributes["name"][0]) == 1_000


def test_gs1s_own_master_data_is_read(conformance: Any) -> None:
    file = conformance / "gs1-epcis/XML/Mimasu/Example-masterData.xml"
    things = list(things_in(read_file(file).master_data))
    assert len(things) == 7
    assert things[0].uri == "https://id.gs1.org/414/0037000007296"
    assert things[0].attributes["http://epcis.example.com/mda/latitude"] == ["+18.0000"]
    assert things[0].children[0] == "https://id.gs1.org/414/0037000007296/254/8201"
