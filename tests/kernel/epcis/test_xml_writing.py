"""EPCIS XML as we write it: what 1.2 can carry, what it cannot, and nothing that changes a hash."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given

from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.jsonld_writing import write_whole
from pharmatrace.kernel.epcis.model import Document
from pharmatrace.kernel.epcis.xml_document import around_events
from pharmatrace.kernel.epcis.xml_reading import XmlDocument, document_hashes_xml, read_document_xml
from pharmatrace.kernel.epcis.xml_writing import XmlWriter, write_document_xml, write_whole_xml
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.kernel.epcis.test_event_hash import EVENTS

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
PACK = "https://id.gs1.org/01/10614141073464/21/2017"
SHIPPED = {
    "@context": {"my": "https://dan.example/epcis/"},
    "type": "ObjectEvent",
    "eventTime": "2026-11-20T21:00:00Z",
    "eventTimeZoneOffset": "+01:00",
    "epcList": [PACK],
    "action": "OBSERVE",
}


def event(**fields):
    return read_event({**SHIPPED, **fields})


def written(*events, **options) -> str:
    return write_document_xml(events, created_at=AT, **options).decode()


def again(text: str):
    found = [one for _, one in read_document_xml(text.encode())]
    assert not [one for one in found if isinstance(one, Refusal)], found
    return found


@given(EVENTS)
def test_every_event_that_xml_can_say_keeps_its_hash(one):
    try:
        text = written(one)
    except Refused as refused:
        assert set(refused.codes) <= {"value_unwritable", "name_unwritable"}
        return
    (back,) = again(text)
    assert event_hash(back) == event_hash(one)
    assert list(document_hashes_xml(text.encode())) == [event_hash(one)]


def test_2_0_writes_links_and_1_2_writes_urns():
    assert f"<epc>{PACK}</epc>" in written(event())
    assert "<epc>urn:epc:id:sgtin:0614141.107346.2017</epc>" in written(event(), version="1.2")


def test_words_become_urns_and_other_uris_stay():
    text = written(event(bizStep="shipping", disposition="https://dan.example/lost"))
    assert "<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>" in text
    assert "<disposition>https://dan.example/lost</disposition>" in text


def test_a_prefix_nobody_knows_is_refused_unless_it_is_given():
    unknown = event(epcList=["https://id.gs1.org/01/05500080636083/21/1"])
    with pytest.raises(Refused) as no:
        written(unknown, version="1.2")
    assert no.value.codes == ("prefix_length_unknown",)
    text = written(unknown, version="1.2", prefixes=Prefixes(length=7))
    assert "urn:epc:id:sgtin:5500080.063608.1" in text
    assert [event_hash(one) for one in again(text)] == [event_hash(unknown)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"persistentDisposition": {"set": ["recalled"]}}, "persistentDisposition"),
        ({"certificationInfo": "https://dan.example/cert"}, "certificationInfo"),
        (
            {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 5}]}]},
            "sensorElementList",
        ),
        (
            {"type": "AssociationEvent", "epcList": None, "parentID": PACK, "childEPCs": [PACK]},
            "type",
        ),
    ],
)
def test_what_1_2_cannot_carry_is_refused_by_name(fields, field):
    one = event(**fields) if "type" not in fields else read_event(
        {name: value for name, value in {**SHIPPED, **fields}.items() if value is not None}
    )  # fmt: skip
    assert again(written(one))
    with pytest.raises(Refused) as no:
        written(one, version="1.2")
    assert no.value.refusals[0].code == "version_cannot_carry"
    assert no.value.refusals[0].data["field"] == field


def test_master_data_names_have_the_namespace_of_their_target():
    lot = event(action="ADD", ilmd={"cbvmda:lotNumber": "A1"})
    text = written(lot, version="1.2")
    assert 'xmlns:cbvmda="urn:epcglobal:cbv:mda"' in text
    assert [event_hash(one) for one in again(text)] == [event_hash(lot)]


def test_lists_numbers_and_prefixed_values_of_extensions():
    one = event(
        **{
            "my:itemList": ["a", "b"],
            "my:count": 3,
            "my:next": "my:thing",
            "my:box": {"inner": True, "my:deep": [1, 2.5]},
            "my:weight": {"#text": "3.5", "unit": "KGM"},
        }
    )
    text = written(one)
    assert "<my:itemList><my:item>a</my:item><my:item>b</my:item></my:itemList>" in text
    assert '<my:weight unit="KGM">3.5</my:weight>' in text
    assert [event_hash(back) for back in again(text)] == [event_hash(one)]


@pytest.mark.parametrize("value", ["\x01", "\ufffe", {"a b": 1}, [[1]], {"1a": 1}])
def test_what_xml_cannot_say_is_refused(value):
    with pytest.raises(Refused):
        written(event(**{"my:x": value}))


def test_markup_in_values_is_text():
    one = event(**{"my:x": "<b>&amp;\"'</b>]]>", "my:y": {"#text": "t", "at": "<\n\"'&"}})
    assert [event_hash(back) for back in again(written(one))] == [event_hash(one)]


def test_a_refused_event_leaves_the_document_whole():
    target = io.BytesIO()
    with XmlWriter(target, version="1.2", created_at=AT) as writer:
        writer.write(event())
        with pytest.raises(Refused):
            writer.write(event(certificationInfo="https://dan.example/cert"))
        writer.write(event(action="ADD"))
    assert len(again(target.getvalue().decode())) == 2


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_query_results_stay_query_results(version):
    whole = Document(
        kind="EPCISQueryDocument",
        events=(event(),),
        query_name="SimpleEventQuery",
        subscription_id="s1",
        header={"sender": "urn:x:dan", "receiver": "urn:x:petra", "instanceIdentifier": "42"},
    )
    read = XmlDocument(write_whole_xml(whole, version=version, created_at=AT))
    assert [event_hash(one) for _, one in read] == [event_hash(event())]
    assert read.kind == whole.kind
    assert read.header["subscriptionID"] == "s1"
    assert (read.header["sender"], read.header["instanceIdentifier"]) == ("urn:x:dan", "42")


def test_words_are_web_uris_to_those_who_want_them():
    text = written(event(bizStep="shipping", disposition="in_transit"), web_words=True)
    assert "<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>" in text
    assert "<disposition>https://ref.gs1.org/cbv/Disp-in_transit</disposition>" in text
    with pytest.raises(ValueError, match=r"1\.2"):
        written(event(), version="1.2", web_words=True)


def test_the_header_of_1_2_goes_to_json_and_back():
    fields = {"ushc:dscsaTransactionStatement": {"ushc:affirmTransactionStatement": "true"}}
    document = Document(
        events=(event(),),
        header={"epcisHeader": fields},
        namespaces={"ushc": "http://epcis.gs1us.org/hc/ns"},
    )
    read = XmlDocument(write_whole_xml(document, version="1.2", created_at=AT))
    assert len(list(read)) == 1
    around = around_events(read)
    assert (around.header, around.namespaces) == (document.header, document.namespaces)
    assert write_whole(around, AT)["epcisHeader"] == fields
    # 2.0 has no place for them.
    assert b"ushc" not in write_whole_xml(document, created_at=AT)
