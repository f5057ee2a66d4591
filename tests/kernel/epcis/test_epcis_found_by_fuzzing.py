"""What the fuzzer (`make fuzz`) found in the readers of EPCIS, each by the law that was broken."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pharmatrace.kernel.epcis.documents import check_document, read_whole
from pharmatrace.kernel.epcis.event_hash import document_prehashes, event_hash, prehash
from pharmatrace.kernel.epcis.files import read_file
from pharmatrace.kernel.epcis.jsonld import parse, read_event
from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_reading import read_document_xml
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.kernel.epcis.shipments import shipment

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
OWN = {"my": "https://mia.example/ns/"}


def sensed(**report: object) -> dict:
    report = {"type": "Temperature", **report}
    return shipment(sensorElementList=[{"sensorReport": [report]}])


def through_xml(event: Event) -> Event:
    ((_, back),) = read_document_xml(write_document_xml([event], created_at=AT))
    assert isinstance(back, Event)
    return back


def codes(obj: object, namespaces: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(Refused) as caught:
        read_event(obj, namespaces=namespaces)
    return caught.value.codes


def test_a_time_outside_the_calendar_is_hashed_as_it_is_written():
    text = prehash(shipment(eventTime="9999-12-31T23:59:59.9999-14:00"))
    assert "eventTime=9999-12-31T23:59:59.9999-14:00" in text


@pytest.mark.parametrize("text", ["half \ud800", "a\0b"])
def test_a_text_of_a_sensor_can_be_stored(text):
    assert codes(sensed(stringValue=text)) == ("value_invalid",)


@pytest.mark.parametrize("uri", ["htt\udfffp://mia.example/", "https://mia.example/\0"])
def test_a_namespace_that_cannot_be_stored_is_none(uri):
    event = read_event({**shipment(**{"my:field": "x"}), "@context": {"my": uri}})
    assert event.namespaces == {}
    event_hash(event)


def test_octets_that_are_half_a_character_are_no_json():
    with pytest.raises(Refused) as caught:
        parse(b'{"type": "\xed\xa0\x80"}')
    assert caught.value.codes == ("document_invalid",)


def test_half_a_character_around_the_events_is_refused():
    document = {"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "sender": "\ud800",
                "creationDate": "2026-11-20T21:00:00Z", "epcisBody": {"eventList": []}}  # fmt: skip
    with pytest.raises(Refused) as caught:
        read_whole(json.dumps(document))
    assert caught.value.codes == ("value_invalid",)


def test_a_document_may_give_another_meaning_to_cbv():
    own = {"cbv": "https://mia.example/"}
    obj = shipment(bizStep="cbv:BizStep-shipping")
    event = read_event(obj, namespaces=own)
    assert event.biz_step == "https://mia.example/BizStep-shipping"
    assert event_hash(event) == event_hash(obj, own)


def test_a_prefix_that_means_no_uri_is_no_prefix():
    obj = {**sensed(type="my:Heat"), "@context": {"my": "/ttp://mia.example/"}}
    event = read_event(obj)
    assert event.sensor_elements[0].reports[0].type == "my:Heat"
    assert event_hash(event) == event_hash(obj)


def test_a_web_address_is_no_prefixed_name():
    own = {"https": "urn:x:"}
    obj = shipment(**{"https:a": "https://mia.example/"})
    assert event_hash(read_event(obj, namespaces=own)) == event_hash(obj, own)


def test_a_prefixed_name_that_makes_no_uri_is_refused():
    own = {"my": "https://mia.example/#"}
    assert codes(shipment(bizStep="my:a#b"), own) == ("value_invalid",)
    assert codes(shipment(eventID="my:a#b"), own) == ("uri_invalid",)


@pytest.mark.parametrize("number", [10**400, -(10**309)])
def test_a_number_that_no_double_holds_is_refused(number):
    assert codes(sensed(value=number)) == ("field_type",)


def test_nulls_in_lists_say_nothing():
    event = read_event(shipment(**{"my:a": [None, "x", None, ["y", None]]}), namespaces=OWN)
    assert "None" not in prehash(event)


def test_a_null_in_a_list_keeps_the_hash_in_xml():
    event = read_event(shipment(**{"my:a": [None, {"my:b": [None, "x"]}]}), namespaces=OWN)
    assert event_hash(through_xml(event)) == event_hash(event)


@pytest.mark.parametrize(
    "inside",
    [
        {"childQuantityList": [{"epcClass": "urn:x:1"}]},
        {"childEPCs": ["urn:x:1", "urn:x:2"]},
        {"inputEPCList": ["urn:x:1"]},
    ],
)
def test_lists_of_the_standard_inside_an_extension_keep_the_hash_in_xml(inside):
    event = read_event(shipment(**{"my:a": inside}), namespaces=OWN)
    assert event_hash(through_xml(event)) == event_hash(event)


def test_pairs_of_the_standard_inside_an_extension_have_no_form_in_xml():
    inside = {"sourceList": [{"type": "location", "source": "urn:x:1"}]}
    event = read_event(shipment(**{"my:a": inside}), namespaces=OWN)
    with pytest.raises(Refused) as caught:
        write_document_xml([event], created_at=AT)
    assert caught.value.codes == ("name_unwritable",)


def test_extensions_in_xml_are_in_the_namespace_of_a_uri():
    good = write_document_xml(
        [read_event(shipment(**{"my:a": "x"}), namespaces=OWN)], created_at=AT
    )
    ((_, found),) = read_document_xml(good.replace(b"https://mia.example/ns/", b"no uri"))
    assert isinstance(found, Refusal)
    assert found.code == "uri_invalid"


def test_reading_and_hashing_of_refused_json_end_in_a_refusal():
    for text in (b'[{"type":"ObjectEvent","a":"\\ud800"}]', b"[5e-324]", b"[" * 3000):
        with pytest.raises(Refused):
            document_prehashes(parse(text))


@pytest.mark.parametrize("name", ["EPCISCaptureJob", "EPCISException"])
def test_a_document_that_only_2_0_has_is_none_of_1_2(name):
    text = f'<e:{name} xmlns:e="urn:epcglobal:epcis:xsd:1" running="true"/>'
    with pytest.raises(Refused) as caught:
        list(read_document_xml(text.encode()))
    assert caught.value.codes == ("document_invalid",)


def test_what_is_read_is_written_and_read_alike():
    event = read_event(shipment(**{"my:a": {"#text": "x", "my:b": [1.5, None]}}), namespaces=OWN)
    written = json.loads(json.dumps(write_event(event)))
    assert write_event(read_event(written)) == written


def _document(**more: object) -> dict:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", OWN],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-20T21:00:00Z",
        "epcisBody": {"eventList": [shipment()]},
    } | more  # fmt: skip


@pytest.mark.parametrize("levels", [40, 600, 900])
def test_what_stands_around_the_events_is_too_deep_for_reading_and_checking(levels: int) -> None:
    deep = '{"my:a":' * levels + "1" + "}" * levels
    text = json.dumps(_document())[:-1] + f', "my:deep": {deep}}}'
    assert [one.code for one in check_document(text)] == ["value_invalid"]
    with pytest.raises(Refused) as caught:
        read_whole(text)
    assert caught.value.codes == ("value_invalid",)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999Z"])
def test_a_date_that_is_none_in_utc_is_no_date(date: str) -> None:
    assert read_whole(_document(creationDate=date)).created_at is None
    assert [one.code for one in check_document(_document(creationDate=date))] == ["time_invalid"]


@pytest.mark.parametrize("scheme", ["e\u0130xample", "\u00a0http"])
def test_the_scheme_of_a_uri_is_in_plain_letters(scheme: str) -> None:
    name = f"{scheme}://acme.example/po/1"
    with pytest.raises(Refused):
        read_event(shipment(bizTransactionList=[{"type": "po", "bizTransaction": name}]))
    with pytest.raises(Refused):
        read_event(sensed(type=name))


def test_a_date_in_xml_that_is_none_in_utc_is_no_date(tmp_path: Path) -> None:
    xml = write_document_xml([read_event(shipment())], created_at=AT)
    odd = re.sub(rb'creationDate="[^"]*"', b'creationDate="0001-01-01T00:00:00+14:00"', xml)
    assert odd != xml
    (tmp_path / "odd.xml").write_bytes(odd)
    assert read_file(tmp_path / "odd.xml").created_at is None


def test_a_text_that_only_spells_nul_is_kept() -> None:
    """A backslash, a u and four zeros: text like any other, where NUL itself is refused."""
    said = r"\u0000"
    assert len(said) == 6
    event = read_event(shipment(**{"my:note": said}), namespaces=OWN)
    assert event_hash(through_xml(event)) == event_hash(event)
    assert check_document(_document(**{"my:note": said})) == []
    assert codes(shipment(**{"my:note": "\0"}), OWN) == ("value_invalid",)
