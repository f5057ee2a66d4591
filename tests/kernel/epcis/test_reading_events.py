from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_document, read_event, write_event
from pharmatrace.kernel.epcis.model import AggregationEvent, ObjectEvent
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.kernel.epcis.shipments import (
    CASE,
    DAN,
    MIA,
    commissioning,
    pack,
    packing,
    shipment,
    without,
)

# TDS 2.0 §6.3: what is no GS1 key and has no Digital Link is an EPC all the same.
OTHER_EPCS = [
    "urn:epc:id:gid:95100000.12345.400", "urn:epc:id:usdod:2S194.12345678901",
    "urn:epc:id:adi:35962.PQ7VZ4.M37GXB92", "urn:epc:id:adi:W81X9C..%2332%2FA",
    "urn:epc:id:bic:CSQU3054383", "urn:epc:id:imovn:9176187",
]  # fmt: skip


@pytest.mark.parametrize("epc", OTHER_EPCS)
def test_an_epc_that_is_no_gs1_key_is_kept_as_it_is(epc):
    assert read_event(shipment(epcList=[epc])).epcs == (epc,)
    with pytest.raises(Refused) as refused:
        read_event(shipment(epcList=[f"{epc}."]))
    assert refused.value.codes == ("epc_invalid",)


def test_a_shipment_is_read():
    event = read_event(shipment())
    assert isinstance(event, ObjectEvent)
    assert event.epcs == (CASE,)
    assert (event.action, event.biz_step, event.disposition) == (
        "OBSERVE", "shipping", "in_transit"
    )  # fmt: skip
    assert event.event_time == datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert event.event_time_zone_offset == "+01:00"
    assert event.read_point == event.biz_location == f"https://id.gs1.org/414/{MIA}"
    assert event.sources == (("possessing_party", f"https://id.gs1.org/417/{MIA}"),)
    assert event.destinations == (("possessing_party", f"https://id.gs1.org/417/{DAN}"),)
    assert event.biz_transactions == (("desadv", f"urn:epcglobal:cbv:bt:{MIA}:ASN1099"),)


def test_commissioning_keeps_its_master_data_and_packing_its_order():
    assert read_event(commissioning(3)).ilmd["cbvmda:lotNumber"] == "LOT1"
    event = read_event(packing())
    assert isinstance(event, AggregationEvent)
    assert (event.parent, event.children) == (CASE, (pack("B"), pack("A")))


@pytest.mark.parametrize(
    ("name", "spelling", "word"),
    [
        ("bizStep", "https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("bizStep", "cbv:BizStep-shipping", "shipping"),
        ("bizStep", "urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("disposition", "https://ref.gs1.org/cbv/Disp-in_transit", "in_transit"),
        ("disposition", "urn:epcglobal:cbv:disp:in_transit", "in_transit"),
        ("bizStep", "https://mia.example/steps/polishing", "https://mia.example/steps/polishing"),
    ],
)
def test_every_spelling_of_a_word_is_one_word(name, spelling, word):
    event = read_event(shipment(**{name: spelling}))
    assert {"bizStep": event.biz_step, "disposition": event.disposition}[name] == word


@pytest.mark.parametrize(
    ("spelling", "epc"),
    [
        ("urn:epc:id:sgtin:4012345.011111.98%2F6", pack("98%2F6")),
        ("https://mia.example/01/4012345111118/10/LOT1/21/98%2f6?17=271031", pack("98%2F6")),
        ("urn:epc:id:sscc:4012345.3111111111", CASE),
        ("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
         "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_key_is_one_key(spelling, epc):
    assert read_event(shipment(epcList=[spelling])).epcs == (epc,)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T22:00:00+01:00", datetime(2026, 11, 20, 21, tzinfo=UTC)),
        ("2026-11-20T21:00:00.1415Z", datetime(2026, 11, 20, 21, 0, 0, 142_000, tzinfo=UTC)),
        ("2026-12-31T23:59:59.9999Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_utc_in_milliseconds(text, moment):
    assert read_event(shipment(eventTime=text)).event_time == moment


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (without(shipment(), "type"), "field_missing", "/type"),
        (shipment(type="Event"), "value_invalid", "/type"),
        (shipment(type="my:Event shipped"), "value_invalid", "/type"),
        (without(shipment(), "eventTime"), "field_missing", "/eventTime"),
        (shipment(eventTime="2026-11-20T21:00:00"), "time_invalid", "/eventTime"),
        (shipment(eventTime="2026-02-30T21:00:00Z"), "time_invalid", "/eventTime"),
        (shipment(eventTime="0001-01-01T00:00:00+14:00"), "time_invalid", "/eventTime"),
        (shipment(eventTime=5), "time_invalid", "/eventTime"),
        (without(shipment(), "eventTimeZoneOffset"), "field_missing", "/eventTimeZoneOffset"),
        (shipment(eventTimeZoneOffset="+15:00"), "offset_invalid", "/eventTimeZoneOffset"),
        (shipment(eventTimeZoneOffset="Z"), "offset_invalid", "/eventTimeZoneOffset"),
        (shipment(recordTime="yesterday"), "time_invalid", "/recordTime"),
        (without(shipment(), "action"), "field_missing", "/action"),
        (shipment(action="observe"), "value_invalid", "/action"),
        (shipment(bizStep="polishing"), "value_invalid", "/bizStep"),
        (shipment(disposition=["active"]), "field_type", "/disposition"),
        (shipment(epcs=[]), "field_unknown", "/epcs"),
        (shipment(**{"a/b~c": 1}), "field_unknown", "/a~1b~0c"),
        (packing(ilmd={"a:b": 1}), "field_unknown", "/ilmd"),
        (shipment(sensorElementList=[{"sensorReport": []}]), "field_missing",
         "/sensorElementList/0/sensorReport"),
        (without(shipment(), "epcList"), "field_missing", "/epcList"),
        (shipment(epcList=CASE), "field_type", "/epcList"),
        (shipment(epcList=[pack("A"), 7]), "field_type", "/epcList/1"),
        (shipment(epcList=[pack("A"), "pack B"]), "uri_invalid", "/epcList/1"),
        (shipment(epcList=[pack("A").replace("118/", "119/")]), "epc_invalid", "/epcList/0"),
        (shipment(epcList=["https://m.example/01/04012345111119/21/A"]), "epc_invalid",
         "/epcList/0"),
        (shipment(epcList=["urn:epc:id:sgtin:4012345.11111.1"]), "epc_invalid", "/epcList/0"),
        (shipment(epcList=[CASE[:-1] + "2"]), "epc_invalid", "/epcList/0"),
        (shipment(epcList=["https://m.example/" + "a" * 3000]), "value_too_long", "/epcList/0"),
        (shipment(readPoint={"id": "https://m.example/" + "ü" * 1020}), "value_too_long",
         "/readPoint/id"),  # 2,058 octets
        (shipment(bizStep="https://m.example/" + "\U0002a7b3" * 600), "value_invalid", "/bizStep"),
        (shipment(eventID="b:" + "x" * 1500, **{"@context": {"b": "https://m.example/" + "a" * 1000}}),
         "value_too_long", "/eventID"),
        (shipment(readPoint="here"), "field_type", "/readPoint"),
        (shipment(readPoint={"id": f"https://id.gs1.org/414/{MIA[:-1]}9"}), "epc_invalid",
         "/readPoint/id"),
        (shipment(sourceList=[{"source": "urn:x:y"}]), "field_missing", "/sourceList/0/type"),
        (shipment(sourceList=[{"type": "owner", "source": "urn:x:y"}]), "value_invalid",
         "/sourceList/0/type"),
        (shipment(sourceList=[{"type": "location"}]), "field_type", "/sourceList/0/source"),
        (shipment(bizTransactionList={}), "field_type", "/bizTransactionList"),
        (commissioning(ilmd={"lotNumber": "A"}), "field_unknown", "/ilmd/lotNumber"),
        (without(packing(), "parentID"), "field_missing", "/parentID"),
        (packing(childEPCs=[]), "field_missing", "/childEPCs"),
        (shipment(**{"my:note": "\x00"}), "value_invalid", ""),
        (shipment(**{"my:note": "\ud800"}), "value_invalid", ""),
        (shipment(**{"my:note": float("nan")}), "value_invalid", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(event, code, pointer):
    with pytest.raises(Refused) as refused:
        read_event(event)
    found = [(refusal.code, refusal.data["pointer"]) for refusal in refused.value.refusals]
    assert found == [(code, pointer)]


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (shipment(epcList=[pack("A"), pack("A")]), "epc_repeated", "/epcList/1"),
        (shipment(bizStep="urn:epcglobal:cbv:bizstep:shipping"), "value_invalid", "/bizStep"),
        (shipment(readPoint={"id": "https://m.example/Kähler"}), "uri_invalid", "/readPoint/id"),
        (shipment(ilmd={"my:a": 1}), "field_misplaced", "/ilmd"),
        (shipment(comment="hello"), "field_unknown", "/comment"),
    ],
)
def test_what_only_the_letter_of_the_schema_refuses(event, code, pointer):
    read_event(event)
    with pytest.raises(Refused) as refused:
        read_event(event, strict=True)
    found = [(refusal.code, refusal.data["pointer"]) for refusal in refused.value.refusals]
    assert found == [(code, pointer)]


def test_extensions_too_deep_are_refused_without_a_crash():
    deep: object = 1
    for _ in range(900):
        deep = {"my:in": deep}
    with pytest.raises(Refused) as refused:
        read_event(shipment(**{"my:out": deep}))
    assert refused.value.codes == ("value_invalid",)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from([CASE, pack("A"), "urn:epc:id:sgtin:1.2.3", "https://x/01/0401"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "type", "source", "my:a"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*shipment(), *packing(), "ilmd", "@context"]), ANYTHING))
def test_any_json_is_read_or_refused(changes):
    with contextlib.suppress(Refused):
        event = read_event(shipment(**changes))
        assert event_hash(read_event(write_event(event))) == event_hash(event)


def test_all_faults_of_an_event_are_told_at_once():
    with pytest.raises(Refused) as refused:
        read_event(shipment(action="GO", eventTime="now", epcList=["x"]), pointer="/7")
    places = {refusal.data["pointer"] for refusal in refused.value.refusals}
    assert places == {"/7/action", "/7/eventTime", "/7/epcList/0"}


def test_unpacking_everything_needs_no_children():
    assert read_event(without(packing(action="DELETE"), "childEPCs")).children == ()


def test_extensions_are_kept_with_the_prefixes_they_need():
    document = {
        "@context": ["https://ref.gs1.org/x", {"my": "https://mia.example/", "no": "https://n/"}],
        "type": "EPCISDocument",
        "epcisBody": {"eventList": [shipment(**{"my:truck": {"my:plate": "M-1"}})]},
    }
    [(pointer, event)] = read_document(document)
    assert pointer == "/epcisBody/eventList/0"
    assert event.extensions == {"my:truck": {"my:plate": "M-1"}}
    assert event.namespaces == {"my": "https://mia.example/"}


def test_a_document_a_list_and_a_bare_event_are_all_welcome():
    body = {"type": "EPCISDocument", "epcisBody": {"eventList": [shipment(), packing()]}}
    assert [place for place, _ in read_document(json.dumps(body).encode())] == [
        "/epcisBody/eventList/0", "/epcisBody/eventList/1"
    ]  # fmt: skip
    assert [place for place, _ in read_document([shipment(), packing()])] == ["/0", "/1"]
    assert [place for place, _ in read_document(shipment())] == [""]


def test_one_bad_event_does_not_spoil_the_others():
    first, second = read_document([shipment(action="GO", eventTime="now"), packing()])
    assert isinstance(first[1], Refusal)
    assert first[1].data["pointer"] == "/0/action"
    assert [refusal.code for refusal in first[1].data["refusals"]] == [
        "value_invalid", "time_invalid"
    ]  # fmt: skip
    assert second[1].parent == CASE


@pytest.mark.parametrize(
    "text", [b"{", b"\xff\xfe\xff", b'"x"', b'{"type":"EPCISDocument"}', b"[" * 100_000]
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(Refused) as refused:
        read_document(text)
    assert refused.value.codes == ("document_invalid",)
