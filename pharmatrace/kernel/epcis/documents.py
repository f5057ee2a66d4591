"""Whole EPCIS documents in JSON: envelope, events, master data (EPCIS 2.0 §9.5, §10).

`read_whole` keeps everything a document holds; `check_document` says everything that is wrong with
it, to the letter of GS1's JSON Schema and beyond: keys must have their form and check digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pharmatrace.kernel.epcis.contexts import declared_namespaces
from pharmatrace.kernel.epcis.document_rules import check_envelope
from pharmatrace.kernel.epcis.fields import Problems
from pharmatrace.kernel.epcis.formats import utc_moment_of
from pharmatrace.kernel.epcis.jsonld import event_list, parse, read_event
from pharmatrace.kernel.epcis.model import Document, Event, whole_milliseconds
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.refusal import Refusal, Refused

KINDS = ("EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument")
_OWN = ("@context", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody")
_MASTER = "epcisMasterData"


def check_document(document: bytes | str | dict[str, Any]) -> list[Refusal]:
    """What is wrong with a document or a bare event, each with its JSON Pointer; empty when nothing
    is."""
    try:
        value = parse(document) if isinstance(document, bytes | str) else document
    except Refused as refused:
        return list(refused.refusals)
    problems = Problems("", strict=True)
    if not isinstance(value, dict):
        problems.add("field_type", "An EPCIS document is a JSON object.", "")
        return problems.found
    if value.get("type") in KINDS:
        check_envelope(value, problems)
    elif "@context" not in value:
        problems.add("field_missing", "An event that stands alone has an @context.", "/@context")
    try:
        start, events, namespaces = event_list(value)
    except Refused as refused:
        return problems.found or list(refused.refusals)
    if start:
        problems.around(value, events)
    for index, obj in enumerate(events):
        pointer = f"{start}/{index}" if start is not None else ""
        try:
            read_event(obj, pointer=pointer, namespaces=namespaces, strict=True)
        except Refused as refused:
            problems.found += refused.refusals
    return problems.found


def read_whole(document: bytes | str | dict[str, Any] | list[Any]) -> Document:
    """A document with everything in it. A list of events or a bare event is an EPCISDocument
    without a date. Raises `Refused` with all faults of all events."""
    value = parse(document) if isinstance(document, bytes | str) else document
    start, objects, namespaces = event_list(value)
    events: list[Event] = []
    faults: list[Refusal] = []
    for index, obj in enumerate(objects):
        pointer = f"{start}/{index}" if start is not None else ""
        try:
            events.append(read_event(obj, pointer=pointer, namespaces=namespaces))
        except Refused as refused:
            faults += refused.refusals
    if start is None or isinstance(value, list):
        if faults:
            raise Refused(faults)
        return Document(events=tuple(events))
    problems = Problems("", namespaces)
    check_envelope(value, problems)
    faults += _faults_of_lists(problems)
    around = Problems("", namespaces)
    around.around(value, objects)
    faults += around.found
    if faults:
        raise Refused(faults)
    return _whole(value, tuple(events))


def read_master_data(document: bytes | str | dict[str, Any]) -> tuple[MasterDataList, ...]:
    """The master data of a document in JSON, whatever its events are; none where it holds none. Raises
    `Refused` with everything that is wrong with the lists, each with its JSON Pointer."""
    value = parse(document) if isinstance(document, bytes | str) else document
    if not isinstance(value, dict) or value.get("type") not in KINDS:
        return ()
    problems = Problems("", declared_namespaces(value.get("@context")))
    check_envelope(value, problems)
    faults = _faults_of_lists(problems)
    if faults:
        raise Refused(faults)
    return master_data_lists(_master_data(value))


def _faults_of_lists(problems: Problems) -> list[Refusal]:
    """An old or careless envelope does no harm; a damaged list of master data does."""
    return [one for one in problems.found if "/vocabulary" in one.data["pointer"]]


def _whole(value: dict[str, Any], events: tuple[Event, ...]) -> Document:
    body = value["epcisBody"]
    results = body.get("queryResults", {})
    header = {name: value[name] for name in value if name not in _OWN}
    more = value.get("epcisHeader")
    if isinstance(more, dict) and (rest := {k: v for k, v in more.items() if k != _MASTER}):
        header["epcisHeader"] = rest
    date = value.get("creationDate")
    moment = utc_moment_of(date) if isinstance(date, str) else None
    return Document(
        kind=value["type"],
        events=events,
        master_data=master_data_lists(_master_data(value)),
        created_at=whole_milliseconds(moment) if moment else None,
        query_name=results.get("queryName"),
        subscription_id=results.get("subscriptionID"),
        header=header,
        namespaces=declared_namespaces(value.get("@context")),
    )


def _master_data(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The master data of a document: in its header, and in the body or results of those that have it
    there. What stands where the envelope has no place for it was not checked, and is not read."""
    kind, body = value["type"], value.get("epcisBody")
    places: list[Any] = []
    if kind == "EPCISQueryDocument":
        places.append(_inside(_inside(body, "queryResults"), "resultsBody"))
    else:
        places.append(_inside(value.get("epcisHeader"), _MASTER))
        places += [body] if kind == "EPCISMasterDataDocument" else []
    return [one for place in places for one in _inside(place, "vocabularyList") or ()]


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def master_data_lists(lists: Iterable[dict[str, Any]]) -> tuple[MasterDataList, ...]:
    """Master data from the `vocabularyList` of a document that was checked."""
    return tuple(
        MasterDataList(
            type=one["type"],
            elements=tuple(map(_element, one.get("vocabularyElementList", ()))),
        )
        for one in lists
    )


def _element(element: dict[str, Any]) -> MasterDataElement:
    pairs = element.get("attributes", ())
    return MasterDataElement(
        id=element["id"],
        attributes=tuple((pair["id"], pair.get("attribute")) for pair in pairs),
        children=tuple(element.get("children", ())),
    )
