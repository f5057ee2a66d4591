"""XML is converted as a stream: what comes out is what the whole document would have given."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.epcis.conversion import convert
from pharmatrace.kernel.epcis.event_hash import document_hashes
from pharmatrace.kernel.epcis.files import FORMS, read_file, write_file
from pharmatrace.kernel.epcis.jsonld import read_event, write_document
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from pharmatrace.kernel.refusal import Refused
from tests.kernel.epcis.shipments import commissioning, packing, shipment

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
MASTER = (
    '<epcismd:EPCISMasterDataDocument xmlns:epcismd="urn:epcglobal:epcis-masterdata:xsd:2" schemaVersion="2.0"'
    ' creationDate="2026-11-20T21:00:00Z"><EPCISBody><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:Location">'
    '<VocabularyElementList><VocabularyElement id="https://id.gs1.org/414/4012345000009"><attribute id="urn:x:name">Mia</attribute>'
    "</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISBody></epcismd:EPCISMasterDataDocument>"
)  # fmt: skip


def xml(**options: object) -> bytes:
    own = {"my": "https://mia.example/ns/"}
    other = {"my": "https://dan.example/ns/"}
    events = [
        read_event(shipment(**{"my:note": "line\nline"}), namespaces=own),
        read_event(commissioning(3)),
        read_event(packing(**{"my:note": "ü"}), namespaces=other),
    ]
    return write_document_xml(events, created_at=AT, **options)


DOCUMENTS = {
    "events": xml(),
    "query": xml(query_name="All", subscription_id="s1"),
    "no events": write_document_xml([], created_at=AT),
    "no results": write_document_xml([], created_at=AT, query_name="All"),
    "header": xml(sender="urn:x:a", receiver="urn:x:b", identifier="i1"),
    "master data": MASTER.encode(),
    "1.2": write_document_xml([read_event(shipment())], created_at=AT, version="1.2"),
}


def converted(path: Path, form: str) -> tuple[bytes, list[str]]:
    target = io.BytesIO()
    faults = [fault.code for fault in convert(path, form, target, created_at=AT)]
    return target.getvalue(), faults


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_stream_writes_what_the_whole_document_gives(name, form, tmp_path):
    path = tmp_path / "document.xml"
    path.write_bytes(DOCUMENTS[name])
    written, faults = converted(path, form)
    assert faults == []
    assert written == write_file(read_file(path), form, created_at=AT)
    if form == "json":
        assert document_hashes(json.loads(written)) == document_hashes(
            json.loads(write_file(read_file(path), "json", created_at=AT))
        )


def test_every_example_is_converted_alike(conformance):
    paths = [*conformance.glob("gs1-epcis/XML/*.xml"), *conformance.glob("event-hash/**/*.xml")]
    for path in paths:
        for form in FORMS:
            try:
                whole = write_file(read_file(path), form, created_at=AT)
            except Refused:
                assert converted(path, form)[1], (path, form)
            else:
                assert converted(path, form) == (whole, []), (path, form)


def test_what_one_event_lacks_is_told_before_the_rest_is_read(tmp_path):
    path = tmp_path / "document.xml"
    start, _, rest = write_document_xml([read_event(shipment())], created_at=AT).partition(
        b"<ObjectEvent"
    )
    event = b"<ObjectEvent" + rest.partition(b"</EventList>")[0]
    path.write_bytes(start + b"<ObjectEvent/>" + event * 200 + b"<")
    faults = convert(path, "json", io.BytesIO(), created_at=AT)
    (first,) = islice(faults, 1)
    assert first.code == "field_missing" and first.data["line"] == 3


def test_what_a_form_cannot_carry_is_told_with_its_place(tmp_path, capsysbinary):
    event = read_event(shipment(persistentDisposition={"set": ["active"]}))
    path = tmp_path / "document.xml"
    path.write_bytes(write_document_xml([read_event(shipment()), event], created_at=AT))
    assert main(["convert", str(path), "--to", "xml12"]) == 1
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert err.startswith(f"{path}:4:1: ".encode()) and b"[version_cannot_carry]" in err


def test_and_with_its_pointer_in_json(tmp_path, capsysbinary):
    plain, more = shipment(), shipment(persistentDisposition={"set": ["active"]})
    path = tmp_path / "document.json"
    path.write_bytes(
        json.dumps(write_document([read_event(one) for one in (more, plain, more)], AT)).encode()
    )
    assert main(["convert", str(path), "--to", "xml12"]) == 1
    out, err = capsysbinary.readouterr()
    assert out == b""
    places = [line.partition(b": ")[0].decode() for line in err.splitlines()]
    assert places == [f"{path}#/epcisBody/eventList/{index}" for index in (0, 2)]
