"""GS1's XML examples and XSD, and the event hash vectors in XML."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_document
from pharmatrace.kernel.epcis.jsonld_writing import write_document
from pharmatrace.kernel.epcis.xml_reading import (
    XmlDocument,
    document_hashes_xml,
    document_prehashes_xml,
    read_document_xml,
)
from pharmatrace.kernel.epcis.xml_writing import write_document_xml, write_whole_xml
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.kernel.epcis.xml_oracle import broken, schema

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
# Elements without namespace inside `extension` are kept for later versions of the standard (EPCIS
# 1.2 §9.1): one event of this example has a field of its own there, which JSON-LD cannot name.
RESERVED = {"XSL/1.2/XML/ObjectEvent.xml": 1}
# Not an event of EPCIS 2.0: the list's `extension` holds elements of third parties (§9.1).
FOREIGN_KINDS = "type_unsupported"


def examples(conformance):
    folder = conformance / "gs1-epcis"
    return [(path, str(path.relative_to(folder))) for path in sorted(folder.rglob("*.xml"))]


def events_of(source):
    return [found for _, found in read_document_xml(source)]


def test_published_hashes_and_prehashes(conformance):
    passed, total = 0, 0
    for path in sorted((conformance / "event-hash/examples").glob("*.xml")):
        hashes = path.with_suffix(".hashes").read_text().split()
        lines = path.with_suffix(".prehashes").read_text(encoding="utf-8").splitlines()
        assert list(document_prehashes_xml(path.read_bytes())) == [line for line in lines if line]
        found = list(document_hashes_xml(path.read_bytes()))
        passed += sum(mine == theirs for mine, theirs in zip(found, hashes, strict=True))
        total += len(hashes)
    print(f"event-hash, XML: {passed} of {total}")
    assert total and passed == total


def test_events_said_to_be_equal_hash_alike(conformance):
    paths = sorted((conformance / "event-hash/expected_equal").glob("*.xml"))
    for path in paths:
        hashes = list(document_hashes_xml(path.read_bytes()))
        assert len(hashes) > 1 and len(set(hashes)) == 1, path.name
    print(f"event-hash expected equal, XML: {len(paths)} of {len(paths)}")
    assert paths


def test_every_example_of_gs1_is_accepted_and_goes_to_json_and_back_with_its_hashes(conformance):
    xsd = schema(conformance / "gs1-epcis", "2")
    files, events = 0, 0
    for path, name in examples(conformance):
        found = events_of(path.read_bytes())
        refused = [one for one in found if isinstance(one, Refusal)]
        assert len(refused) == RESERVED.get(name, 0), (name, refused)
        if name in RESERVED:
            continue
        hashes = list(document_hashes_xml(path.read_bytes()))
        assert [event_hash(event) for event in found] == hashes, name
        document = json.loads(json.dumps(write_document(found, AT)))
        from_json = [event for _, event in read_document(document)]
        assert [event_hash(event) for event in from_json] == hashes, name
        written = write_document_xml(from_json, created_at=AT)
        xsd.assertValid(etree.fromstring(written))
        back = events_of(written)
        assert [event_hash(event) for event in back] == hashes, name
        assert back == from_json, name
        files, events = files + 1, events + len(hashes)
    print(f"gs1-epcis XML: {files} of {files + len(RESERVED)} examples, {events} events and back")
    assert files >= 41 and events >= 70


def test_what_1_2_can_carry_keeps_its_hash_and_the_rest_is_refused_by_name(conformance):
    xsd = schema(conformance / "gs1-epcis", "1")
    carried, refused = 0, 0
    for path, _ in examples(conformance):
        for event in events_of(path.read_bytes()):
            if isinstance(event, Refusal):
                continue
            try:
                written = write_document_xml([event], version="1.2", created_at=AT)
            except Refused as no:
                assert set(no.codes) <= {"version_cannot_carry", "prefix_length_unknown"}, no
                refused += 1
                continue
            assert b"https://id.gs1.org" not in written
            xsd.assertValid(etree.fromstring(written))
            (back,) = events_of(written)
            assert event_hash(back) == event_hash(event)
            carried += 1
    print(f"gs1-epcis XML in 1.2: {carried} events carried, {refused} refused by name")
    assert carried >= 20


def test_every_json_example_goes_to_xml_and_back_with_its_hashes(conformance):
    xsd = schema(conformance / "gs1-epcis", "2")
    events = 0
    for path in sorted((conformance / "gs1-epcis/JSON").rglob("*.jsonld")):
        for _, event in read_document(json.loads(path.read_text(encoding="utf-8"))):
            assert not isinstance(event, Refusal), path.name
            written = write_document_xml([event], created_at=AT)
            xsd.assertValid(etree.fromstring(written))
            (back,) = events_of(written)
            assert event_hash(back) == event_hash(event), path.name
            events += 1
    print(f"gs1-epcis JSON through XML: {events} of {events} events")
    assert events >= 45


def test_master_data_is_kept(conformance):
    from pharmatrace.kernel.epcis.files import read_file, write_file

    xsd = schema(conformance / "gs1-epcis", "2")
    documents = 0
    for path, name in examples(conformance):
        if name in RESERVED:
            continue
        whole = read_file(path)
        if not whole.master_data:
            continue
        written = write_whole_xml(whole, created_at=AT)
        xsd.assertValid(etree.fromstring(written))
        data = json.loads(write_file(whole, "json", created_at=AT))
        lists = data["epcisHeader"]["epcisMasterData"]["vocabularyList"]
        document = XmlDocument(written)
        assert list(document) == []
        assert document.kind == whole.kind
        assert document.header["vocabularyList"] == lists, name
        # In 1.2 master data stand beside the header of a business document, whoever sends it.
        in_1_2 = write_whole_xml(replace(whole, events=()), version="1.2", created_at=AT)
        schema(conformance / "gs1-epcis", "1").assertValid(etree.fromstring(in_1_2))
        documents += 1
    print(f"gs1-epcis XML: {documents} documents with master data and back")
    assert documents >= 3


@pytest.mark.parametrize("seed", range(4))
def test_broken_examples_are_refused_exactly_where_the_xsd_refuses(conformance, seed):
    dice = random.Random(seed)
    schemas = {v: schema(conformance / "gs1-epcis", v) for v in ("1", "2")}
    agreed, differ = [0, 0], []
    for path, name in examples(conformance):
        for _ in range(12):
            source = broken(path, dice)
            valid = schemas["1" if name.startswith("XSL") else "2"].validate(
                etree.fromstring(source)
            )
            codes = grammar_faults(source)
            if valid == (not codes):
                agreed[valid] += 1
            elif not (valid and set(codes) == {FOREIGN_KINDS}):
                differ.append((name, valid, codes, source))
    print(f"broken XML, seed {seed}: {agreed[0]} refused and {agreed[1]} accepted alike")
    assert not differ
    assert min(agreed) > 100


def grammar_faults(source):
    """Codes of what the grammar finds wrong, before the values are looked at."""
    codes = []
    try:
        for _, refusals in XmlDocument(source)._elements():
            codes += [refusal.code for refusal in refusals]
    except Refused as refused:
        codes += refused.codes
    return codes
