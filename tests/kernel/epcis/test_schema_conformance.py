"""GS1's JSON Schema is the oracle: `check_document` accepts and refuses as it does.

Where we are stricter, the standard is stricter than its schema: see `STRICTER`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pharmatrace.kernel.epcis.documents import check_document
from pharmatrace.kernel.epcis.formats import is_uri
from tests.kernel.epcis.mutations import mutations
from tests.kernel.epcis.shipments import CASE, pack, packing, shipment, without

HEAD = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-20T21:00:00Z",
}
SAMPLE = 2_500


@pytest.fixture(scope="module")
def oracle(conformance) -> Any:
    schema = json.loads((conformance / "gs1-epcis/EPCIS-JSON-Schema.json").read_text("utf-8"))
    formats = jsonschema.Draft7Validator.FORMAT_CHECKER
    # Without rfc3986-validator and rfc3339-validator it would let every text pass.
    assert {"uri", "date-time"} <= set(formats.checkers)
    return jsonschema.Draft7Validator(schema, format_checker=formats)


def examples(conformance: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted((conformance / "gs1-epcis/JSON").rglob("*.jsonld")):
        yield path.name, json.loads(path.read_text(encoding="utf-8"))


def test_gs1s_own_examples_are_accepted(conformance):
    found = {name: check_document(document) for name, document in examples(conformance)}
    good = sum(not faults for faults in found.values())
    print(f"gs1-epcis JSON examples, accepted: {good} of {len(found)}")
    assert len(found) >= 45 and good == len(found)


def test_old_examples_and_hash_vectors_are_judged_as_the_schema_judges_them(conformance, oracle):
    folders = ("gs1-epcis/JSON-simple-context", "event-hash", "gs1-epcis/JSON-Schema/test")
    paths = [path for name in folders for path in (conformance / name).rglob("*.json*")
             if "schemas" not in path.parts]  # fmt: skip
    same = 0
    for path in sorted(paths):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert (not check_document(document)) == oracle.is_valid(document), path.name
        same += 1
    print(f"other JSON documents, judged as the schema does: {same} of {len(paths)}")
    assert same > 50


def test_broken_examples_are_refused_exactly_where_the_schema_refuses_them(conformance, oracle):
    cases: dict[str, Any] = {}
    for _, document in examples(conformance):
        for single in _single_events(document):
            kind = _kind(single)
            cases.update((f"{kind} {what}", broken) for what, broken in mutations(single))
    chosen = random.Random("EPCIS").sample(sorted(cases), SAMPLE)
    same, stricter = 0, []
    for what in chosen:
        broken = cases[what]()
        faults = check_document(broken)
        assert all("pointer" in fault.data for fault in faults)
        if (not faults) == oracle.is_valid(broken):
            same += 1
            continue
        stricter.append(what)
        assert all(_known_difference(fault.data["pointer"]) for fault in faults), (what, faults)
    print(f"mutations of GS1's examples, {len(cases)} in all, {SAMPLE} drawn: "
          f"{same} as the schema, {len(stricter)} stricter")  # fmt: skip
    assert same > 0.99 * SAMPLE


def _known_difference(pointer: str) -> bool:
    """The kinds of `STRICTER` that mutations meet: own fields of places, and parentID."""
    *_, holder, name = pointer.split("/")
    return holder in ("readPoint", "bizLocation") or name == "parentID"


def _single_events(document: dict[str, Any]) -> list[Any]:
    """One document per event: a mutation then meets little else. Others stay whole."""
    events = document["epcisBody"].get("eventList", ())
    if len(events) < 2:
        return [document]
    return [{**document, "epcisBody": {"eventList": [event]}} for event in events]


def _kind(document: dict[str, Any]) -> str:
    events = document["epcisBody"].get("eventList")
    return str(events[0]["type"]) if events else "query"


# What the schema lets pass and the standard does not, with the clause.
STRICTER = [
    # EPCIS 2.0 §7.4.3: parentID is "optional when action is OBSERVE, required otherwise".
    (without(packing(), "parentID"), "/epcisBody/eventList/0/parentID"),
    # EPCIS 2.0 §9.1, §10: fields of one's own stand in a namespace of one's own.
    (shipment(readPoint={"id": "urn:x:1", "a": 1}), "/epcisBody/eventList/0/readPoint/a"),
    # GS1 General Specifications §7.9: a key whose check digit does not hold is no key.
    (shipment(epcList=[CASE[:-1] + "2"]), "/epcisBody/eventList/0/epcList/0"),
    # RFC 8259 §6: numbers are finite; and what cannot be stored as text cannot be kept.
    (shipment(**{"my:a": float("nan")}), "/epcisBody/eventList/0"),
    (shipment(**{"my:a": "\x00"}), "/epcisBody/eventList/0"),
]


@pytest.mark.parametrize(("event", "pointer"), STRICTER)
def test_where_the_standard_is_stricter_than_its_schema_so_are_we(oracle, event, pointer):
    document = {**HEAD, "epcisBody": {"eventList": [event]}}
    assert oracle.is_valid(document)
    assert [fault.data["pointer"] for fault in check_document(document)] == [pointer]


def test_master_data_is_accepted_in_a_header_and_alone(oracle):
    place = {"id": "https://id.gs1.org/414/4012345000054",
             "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "Mia's plant"}]}  # fmt: skip
    lists = [{"type": "urn:epcglobal:epcis:vtype:Location", "vocabularyElementList": [place]}]
    header = {"epcisMasterData": {"vocabularyList": lists}}
    inside = {**HEAD, "epcisHeader": header, "epcisBody": {"eventList": [shipment()]}}
    assert oracle.is_valid(inside) and not check_document(inside)
    # GS1's schema knows no master data document in JSON; XML has it (EPCIS 2.0 §9.4).
    alone = {**HEAD, "type": "EPCISMasterDataDocument", "epcisBody": {"vocabularyList": lists}}
    assert not check_document(alone)
    del place["id"]
    [fault] = check_document(inside)
    assert fault.data["pointer"] == (
        "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0/id"
    )


@pytest.mark.parametrize(
    "text",
    ["ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt", "x:",
     "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com", "x:/",
     "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "http://a/b/c/d;p?q#s",
     "telnet://192.0.2.16:80/", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
     "http://u:p@h:/?%41#/?", "file:///etc", "cbvmda:lotNumber", "http://[v7.a:b]/"],
)  # fmt: skip
def test_uris_of_rfc_3986(text):
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    ["", "text", "//g", "/a:b", "1x:y", "a b:c", "x:a b", "x:%4", "x:%zz", "http://[::1/", "x:a#b#c",
     "http://h:80a/", "x:\u00e4", "x:<", "x:[", "http://[1::2::3]/", "http://a[b/", ":x", "x:\n"],
)  # fmt: skip
def test_what_is_no_uri(text):
    assert not is_uri(text)


def test_every_fault_is_told_at_once():
    bad = shipment(action="GO", epcList=[pack("A"), 7])
    document = {**HEAD, "schemaVersion": 2, "epcisBody": {"eventList": [bad]}}
    assert {fault.data["pointer"] for fault in check_document(document)} == {
        "/schemaVersion", "/epcisBody/eventList/0/action", "/epcisBody/eventList/0/epcList/1",
    }  # fmt: skip


@pytest.mark.parametrize("text", [b"{", b"[]", b"5", b'{"type": "EPCISDocument"}', b'{"a": NaN}'])
def test_what_is_no_document_is_said_so(text):
    assert check_document(text)
