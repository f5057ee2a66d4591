"""The readers of EPCIS, and the laws they must obey whatever comes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pharmatrace.kernel.epcis.documents import check_document, read_whole
from pharmatrace.kernel.epcis.event_hash import document_prehashes, event_hash, hash_of_prehash
from pharmatrace.kernel.epcis.jsonld import parse, read_document, read_event, write_event
from pharmatrace.kernel.epcis.jsonld_writing import write_whole
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_reading import document_prehashes_xml, read_document_xml
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.fuzz.reader import Reader, check_refusal, check_refused, files

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
_JSON_WORDS = (
    '"type":', '"ObjectEvent"', '"AggregationEvent"', '"TransformationEvent"', '"AssociationEvent"',
    '"TransactionEvent"', '"epcList":', '"ilmd":', '"ex:a":', '"@context":', "null", "[", "]", "{", "}", ",", ":",
    '"sensorElementList":', '"errorDeclaration":', '"\\u0000"', '"\\ud800"', "1e400", "-0", "NaN", '"eventTime":',
)  # fmt: skip
_XML_WORDS = (
    "<extension>", "</extension>", "<EventList>", "</EventList>", "<ObjectEvent>", "</ObjectEvent>", "<epc>", "</epc>",
    "<baseExtension>", "</baseExtension>", 'xsi:type="xsd:integer"', 'xsi:nil="true"', "<![CDATA[", "]]>", "<!--",
    "-->", "<?x?>", "&amp;", "&#0;", "&#xD800;", "&x;", "<!DOCTYPE x []>", 'xmlns=""', 'xmlns:ex="urn:x"', "<ex:a>",
    "</ex:a>", "<ex:a/>", "<epcList/>", "<action>ADD</action>", "<ilmd>", "</ilmd>", 'type="urn:x:1"', "<quantity>",
    "<QuantityEvent>", "</QuantityEvent>", "<VocabularyList/>", "<!ENTITY x 'y'>", '<?xml version="1.1"?>',
)  # fmt: skip


def check_json(data: bytes) -> None:
    """Reading, checking, writing and hashing agree with each other."""
    _check_hashing(data)
    faults = check_document(data)
    for fault in faults:
        check_refusal(fault)
        assert isinstance(fault.data.get("pointer"), str), fault
    try:
        results = read_document(data)
    except Refused as refused:
        check_refused(refused)
        assert faults
        return
    document = parse(data)
    events = []
    for pointer, found in results:
        if isinstance(found, Refusal):
            check_refusal(found)
            for fault in found.data["refusals"]:
                assert fault.data["pointer"].startswith(pointer), fault
            assert faults, "what is refused is not checked to be right"
        else:
            events.append(found)
            _check_event(found)
    if len(events) == len(results):
        _check_hashes(document, events)
    try:
        whole = read_whole(data)
    except Refused as refused:
        check_refused(refused)
        assert faults
        return
    written = write_whole(whole, NOW)
    again = read_whole(json.dumps(written))
    assert [event_hash(one) for one in again.events] == [event_hash(one) for one in whole.events]
    assert write_whole(again, NOW) == written
    if not faults and data.isascii() and b"\\u" not in data:  # IRIs are read, and no URIs
        # Two spellings of one key are one when they are written.
        wrong = [one for one in check_document(written) if one.code != "epc_repeated"]
        assert not wrong, wrong


def _check_event(event: Event) -> None:
    written = json.loads(json.dumps(write_event(event)))
    again = read_event(written)
    assert write_event(again) == written
    assert event_hash(again) == event_hash(event) == event_hash(written), written


def _check_hashes(document: Any, events: list[Event]) -> None:
    """Hashing what came and hashing what was read is the same."""
    try:
        texts = document_prehashes(document)
    except Refused as refused:
        check_refused(refused)
        return
    if len(texts) == len(events):
        for text, event in zip(texts, events, strict=True):
            assert _ignores(document) or hash_of_prehash(text) == event_hash(event), text


def _ignores(document: Any) -> bool:
    return "ignoreFields" in json.dumps(document)


def _check_hashing(data: bytes) -> None:
    """Hashing asks less than reading, but never fails otherwise than by refusing."""
    try:
        texts = document_prehashes(parse(data))
    except Refused as refused:
        check_refused(refused)
        return
    for text in texts:
        hash_of_prehash(text)


def check_xml(data: bytes) -> None:
    """As a stream: events or refusals with line and column; hashing what came is the same as hashing
    what was read."""
    events: list[Event] = []
    whole = True
    try:
        for place, found in read_document_xml(io.BytesIO(data)):
            line, _, column = place.partition(":")
            assert int(line) >= 1 and int(column) >= 1
            if isinstance(found, Refusal):
                whole = False
                check_refusal(found)
                for fault in found.data["refusals"]:
                    assert fault.data["line"] >= 1 and fault.data["column"] >= 1, fault
            else:
                events.append(found)
                _check_event(found)
    except Refused as refused:
        whole = False
        check_refused(refused)
        for refusal in refused.refusals:
            assert "line" in refusal.data, refusal
    try:
        texts = list(document_prehashes_xml(io.BytesIO(data)))
    except Refused as refused:
        check_refused(refused)
        assert not whole
        return
    if whole and b"ignoreFields" not in data:
        assert [hash_of_prehash(text) for text in texts] == [event_hash(one) for one in events]


def check_conversion(data: bytes) -> None:
    """Whatever is read keeps its hashes in every form that can carry it."""
    events = _events(data)
    if not events:
        return
    hashes = [event_hash(event) for event in events]
    for event, its_hash in zip(events, hashes, strict=True):
        for version in ("2.0", "1.2"):
            try:
                xml = write_document_xml([event], version=version, created_at=NOW)
            except Refused as refused:
                check_refused(refused)
                continue
            ((_, back),) = read_document_xml(xml)
            assert isinstance(back, Event), (back, xml)
            if version == "2.0" or "urn:epc" not in str(write_event(event)):
                assert event_hash(back) == its_hash, xml


def _events(data: bytes) -> list[Event]:
    try:
        if data.lstrip()[:1] == b"<":
            found = read_document_xml(io.BytesIO(data))
        else:
            found = iter(read_document(data))
        return [one for _, one in found if isinstance(one, Event)]
    except Refused as refused:
        check_refused(refused)
        return []


def _json_seeds(folder: Path) -> list[bytes]:
    found = files(
        folder, "gs1-epcis/JSON/**/*.jsonld", "gs1-epcis/JSON-simple-context/**/*.jsonld",
        "event-hash/**/*.json*", most=20_000,
    )  # fmt: skip
    return [*found, *_bare_events(found), b'{"type":"ObjectEvent"}']


def _bare_events(documents: list[bytes]) -> list[bytes]:
    bare = []
    for data in documents:
        tree = json.loads(data)
        events = tree.get("epcisBody", {}).get("eventList", ()) if isinstance(tree, dict) else ()
        for event in events[:2]:
            bare.append(json.dumps({"@context": tree.get("@context"), **event}).encode())
    return bare


def _xml_seeds(folder: Path) -> list[bytes]:
    return [
        *files(
            folder,
            "gs1-epcis/XML/**/*.xml",
            "gs1-epcis/XSL/**/*.xml",
            "event-hash/**/*.xml",
            most=24_000,
        ),
        b'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.1" '
        b'creationDate="2026-11-20T21:00:00Z"><EPCISBody><EventList><QuantityEvent>'
        b"<eventTime>2026-11-20T21:00:00Z</eventTime><eventTimeZoneOffset>+01:00</eventTimeZoneOffset>"
        b"<epcClass>urn:epc:class:lgtin:4012345.012345.998877</epcClass><quantity>5</quantity>"
        b"</QuantityEvent></EventList></EPCISBody></epcis:EPCISDocument>",
    ]


def _all_seeds(folder: Path) -> list[bytes]:
    return _json_seeds(folder) + _xml_seeds(folder)


EPCIS_READERS = (
    Reader("json", check_json, _json_seeds, _JSON_WORDS),
    Reader("xml", check_xml, _xml_seeds, _XML_WORDS),
    Reader("conversion", check_conversion, _all_seeds, _JSON_WORDS + _XML_WORDS),
)
