"""Every field of every kind of event goes to JSON and back, and the hash with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given

from pharmatrace.kernel.epcis.documents import check_document, read_whole
from pharmatrace.kernel.epcis.event_hash import document_hashes, event_hash, prehash
from pharmatrace.kernel.epcis.jsonld import read_event, write_event
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document, write_whole
from pharmatrace.kernel.epcis.model import Document, ExtendedEvent, moment_text
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from tests.kernel.epcis.any_event import EVENTS, NAMESPACES
from tests.kernel.epcis.shipments import shipment

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", NAMESPACES]


@given(EVENTS)
def test_what_is_written_is_read_back_whole(event):
    written = json.loads(json.dumps(write_event(event)))
    again = read_event(written, strict=True)
    assert replace(again, namespaces=event.namespaces) == event
    assert set(again.namespaces.items()) <= set(event.namespaces.items())


@given(EVENTS)
def test_an_event_and_its_json_hash_alike(event):
    written = write_event(event)
    assert prehash(event) == prehash(written)
    assert event_hash(read_event(written)) == event_hash(event)


@given(EVENTS)
def test_documents_hold_what_they_were_given(event):
    lists = (MasterDataList(
        type="urn:epcglobal:epcis:vtype:Location",
        elements=(MasterDataElement(id="urn:x:1", attributes=(("urn:x:name", "Mia"),),
                                    children=("urn:x:2",)),),
    ),)  # fmt: skip
    for kind in ("EPCISDocument", "EPCISQueryDocument"):
        document = Document(
            kind=kind, events=(event, event), master_data=lists, created_at=AT,
            query_name="SimpleEventQuery" if kind == "EPCISQueryDocument" else None,
        )  # fmt: skip
        written = write_whole(document, AT)
        assert not check_document(written)
        again = read_whole(json.dumps(written))
        assert (again.kind, again.master_data, again.created_at) == (kind, lists, AT)
        assert [replace(one, namespaces=event.namespaces) for one in again.events] == [event] * 2
        assert document_hashes(written) == [event_hash(event)] * 2


def test_a_query_document_names_its_query_and_subscription():
    event = read_event(shipment())
    written = write_query_document(
        [event], AT, query_name="SimpleEventQuery", subscription_id="mia-7"
    )
    assert not check_document(written)
    again = read_whole(written)
    assert (again.query_name, again.subscription_id) == ("SimpleEventQuery", "mia-7")


def test_the_header_of_a_document_is_kept():
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-20T22:00:00+01:00",
        "sender": "urn:x:mia",
        "my:courier": {"my:van": 7},
        "epcisHeader": {"my:seal": "x"},
        "epcisBody": {"eventList": [shipment()]},
    }
    whole = read_whole(document)
    assert whole.created_at == AT
    assert whole.header == {"sender": "urn:x:mia", "my:courier": {"my:van": 7},
                            "epcisHeader": {"my:seal": "x"}}  # fmt: skip
    written = write_whole(whole, AT)
    assert not check_document(written)
    assert read_whole(written).header == whole.header


def test_an_event_of_somebodys_own_type_is_kept_as_it_is():
    weighing = {
        "@context": {"my": "https://mia.example/"},
        "type": "my:Weighing",
        "eventTime": "2026-11-20T21:00:00.000Z",
        "eventTimeZoneOffset": "+01:00",
        "weight": 7,
        "my:scale": "A",
    }
    event = read_event(weighing, strict=True)
    assert isinstance(event, ExtendedEvent)
    assert event.type == "my:Weighing"
    assert write_event(event) == weighing


def test_a_prefix_of_the_document_is_written_out_in_values():
    spelled = shipment(
        **{"@context": {"ex": "https://mia.example/"}, "bizStep": "ex:polishing",
           "certificationInfo": "ex:iso", "readPoint": {"id": "ex:dock"}}
    )  # fmt: skip
    event = read_event(spelled)
    assert event.biz_step == "https://mia.example/polishing"
    assert event.certification_info == ("https://mia.example/iso",)
    assert event.read_point == "https://mia.example/dock"
    assert event_hash(event) == event_hash(spelled)


def test_a_sensor_time_keeps_its_microseconds():
    report = {"type": "Temperature", "time": "2026-11-20T21:00:00.123456Z", "value": 5}
    event = read_event(shipment(sensorElementList=[{"sensorReport": [report]}]))
    [element] = event.sensor_elements
    assert element.reports[0].time is not None
    assert moment_text(element.reports[0].time) == "2026-11-20T21:00:00.123456Z"
    assert moment_text(AT) == "2026-11-20T21:00:00.000Z"
