"""EPCIS 2.0 JSON-LD (EPCIS 2.0 §10, GS1's JSON Schema): strict reading, canonical writing.

What is wrong is refused with a JSON Pointer to the place; URIs and words are brought into one
spelling; user extensions are kept. No context is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pharmatrace.kernel.epcis.contexts import (
    DEFAULT_NAMESPACES,
    GS1_CONTEXT,
    declared_namespaces,
)
from pharmatrace.kernel.epcis.fields import Problems, step
from pharmatrace.kernel.epcis.model import EVENT_KINDS, Event, utc_text
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    DISPOSITION,
    SOURCE_DESTINATION_TYPE,
)
from pharmatrace.kernel.refusal import Refusal, Refused

_SHARED = {
    "@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "action",
    "bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
    "destinationList",
}  # fmt: skip
_OWN = {
    "ObjectEvent": _SHARED | {"epcList", "ilmd"},
    "AggregationEvent": _SHARED | {"parentID", "childEPCs"},
}
# Fields of the standard that a later version reads; refused by name, so that nothing gets lost.
_LATER = {
    "certificationInfo", "errorDeclaration", "quantityList", "childQuantityList",
    "persistentDisposition", "sensorElementList",
}  # fmt: skip
_OTHER_KINDS = ("TransactionEvent", "TransformationEvent", "AssociationEvent")


def read_event(
    obj: Any, *, pointer: str = "", namespaces: Mapping[str, str] | None = None
) -> Event:
    """The event in a JSON-LD object.

    `pointer` is where `obj` stands in its document and `namespaces` are the prefixes declared
    there. Raises `Refused` with one refusal per fault, each with `pointer` in its data; the codes
    are `field_missing`, `field_type`, `field_unknown`, `field_unsupported`, `type_unsupported`,
    `value_invalid`, `value_too_long`, `time_invalid`, `offset_invalid`, `uri_invalid`,
    `epc_invalid`, `epc_repeated`.
    """
    problems = Problems(pointer)
    if not isinstance(obj, dict):
        problems.add("field_type", "An event is a JSON object.", "")
        raise Refused(problems.found)
    name = obj.get("type")
    kind = EVENT_KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        _refuse_kind(name, problems)
        raise Refused(problems.found)
    event = _read(obj, kind, problems, namespaces or {})
    if problems.found:
        raise Refused(problems.found)
    return event


def read_document(
    document: bytes | str | dict[str, Any] | list[Any],
) -> list[tuple[str, Event | Refusal]]:
    """The events of an EPCIS document, a list of events or one bare event, each with its JSON
    Pointer; a `Refusal` stands where an event was refused (`data["refusals"]` has all its faults).

    Raises `Refused` `document_invalid` when no list of events can be found at all.
    """
    if isinstance(document, bytes | str):
        document = _parse(document)
    start, events, namespaces = _event_list(document)
    results: list[tuple[str, Event | Refusal]] = []
    for index, obj in enumerate(events):
        pointer = f"{start}/{index}" if start is not None else ""
        try:
            results.append((pointer, read_event(obj, pointer=pointer, namespaces=namespaces)))
        except Refused as refused:
            results.append((pointer, _as_one(refused)))
    return results


def write_event(event: Event) -> dict[str, Any]:
    """The canonical JSON object of `event`: fixed order, empty fields left out, `@context` only
    where the event needs prefixes of its own."""
    out: dict[str, Any] = {}
    if event.namespaces:
        out["@context"] = dict(sorted(event.namespaces.items()))
    out["type"] = event.type
    if event.event_id:
        out["eventID"] = event.event_id
    out["eventTime"] = utc_text(event.event_time)
    out["eventTimeZoneOffset"] = event.event_time_zone_offset
    if event.type == "AggregationEvent":
        if event.parent:
            out["parentID"] = event.parent
        out["childEPCs"] = list(event.children)
    else:
        out["epcList"] = list(event.epcs)
    out["action"] = event.action
    if event.biz_step:
        out["bizStep"] = event.biz_step
    if event.disposition:
        out["disposition"] = event.disposition
    if event.read_point:
        out["readPoint"] = {"id": event.read_point}
    if event.biz_location:
        out["bizLocation"] = {"id": event.biz_location}
    for name, member, pairs in (
        ("bizTransactionList", "bizTransaction", event.biz_transactions),
        ("sourceList", "source", event.sources),
        ("destinationList", "destination", event.destinations),
    ):
        if pairs:
            out[name] = [
                {"type": kind, member: uri} if kind else {member: uri} for kind, uri in pairs
            ]
    if event.ilmd:
        out["ilmd"] = dict(sorted(event.ilmd.items()))
    out.update(sorted(event.extensions.items()))
    return out


def write_document(events: Iterable[Event], created_at: datetime) -> dict[str, Any]:
    """An EPCISDocument with `events`. Prefixes are declared once, in the document, unless two
    events mean different things by one prefix."""
    # Declared although GS1's context has it: readers that fetch no contexts need it too.
    namespaces: dict[str, str] = {"cbvmda": DEFAULT_NAMESPACES["cbvmda"]}
    listed = []
    for event in events:
        obj = write_event(event)
        own = obj.get("@context", {})
        if all(namespaces.setdefault(prefix, uri) == uri for prefix, uri in own.items()):
            obj.pop("@context", None)
        listed.append(obj)
    return {
        "@context": [GS1_CONTEXT, namespaces],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": utc_text(created_at),
        "epcisBody": {"eventList": listed},
    }


def _read(
    obj: dict[str, Any], kind: type[Event], problems: Problems, inherited: Mapping[str, str]
) -> Event:
    known = _OWN[kind.type]
    extensions = {}
    for name in obj:
        if name not in known:
            if ":" in name:
                extensions[name] = obj[name]
            elif name != "comment":
                _refuse_field(name, kind.type, problems)
    namespaces = inherited
    if "@context" in obj:
        namespaces = {**inherited, **declared_namespaces(obj["@context"])}
    if "recordTime" in obj:
        problems.time(obj, "recordTime")
    own: dict[str, Any] = {}
    if kind.type == "ObjectEvent":
        own["epcs"] = problems.epcs(obj, "epcList", required=True)
        own["ilmd"] = problems.ilmd(obj)
    else:
        own["parent"] = problems.epc(obj, "parentID")
        # Only DELETE may leave out the children: it then means all of them (§7.4.3).
        own["children"] = problems.epcs(obj, "childEPCs", required=obj.get("action") != "DELETE")
        if obj.get("action") != "OBSERVE" and own["parent"] is None:
            problems.add("field_missing", "ADD and DELETE need a parentID.", "/parentID")
    pairs = problems.pairs
    return kind(
        action=problems.action(obj),
        event_time=problems.time(obj, "eventTime"),
        event_time_zone_offset=problems.offset(obj),
        biz_step=problems.word(obj, "bizStep", BIZ_STEP),
        disposition=problems.word(obj, "disposition", DISPOSITION),
        read_point=problems.place(obj, "readPoint"),
        biz_location=problems.place(obj, "bizLocation"),
        sources=pairs(obj, "sourceList", "source", SOURCE_DESTINATION_TYPE),
        destinations=pairs(obj, "destinationList", "destination", SOURCE_DESTINATION_TYPE),
        biz_transactions=pairs(obj, "bizTransactionList", "bizTransaction", BIZ_TRANSACTION_TYPE),
        extensions=extensions,
        namespaces=_used(namespaces, extensions, own.get("ilmd"), problems),
        event_id=problems.uri(obj, "eventID"),
        **own,
    )


def _used(
    namespaces: Mapping[str, str],
    extensions: dict[str, Any],
    ilmd: dict[str, Any] | None,
    problems: Problems,
) -> dict[str, str]:
    """The declared prefixes that the extensions and ILMD of this event make use of."""
    text = "".join(problems.free_form(part, "") for part in (extensions, ilmd) if part)
    if not text:
        return {}
    return {prefix: uri for prefix, uri in namespaces.items() if f'"{prefix}:' in text}


def _refuse_field(name: str, kind: str, problems: Problems) -> None:
    if name in _LATER:
        problems.add("field_unsupported", f"{name} cannot be taken over yet.", f"/{name}")
        return
    problems.add(
        "field_unknown",
        f"{kind} has no field {name}; fields of your own need a prefix (my:{name}).",
        step(name),
    )


def _refuse_kind(kind: Any, problems: Problems) -> None:
    if kind in _OTHER_KINDS:
        problems.add("type_unsupported", f"{kind} cannot be taken over yet.", "/type")
    elif kind is None:
        problems.add("field_missing", "The event has no type.", "/type")
    else:
        problems.add("value_invalid", f"{kind!r} is not a type of EPCIS event.", "/type")


def _parse(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        column = getattr(error, "colno", 0)
        raise Refused.one(
            "document_invalid",
            f"This is not JSON (line {line}, column {column}).",
            pointer="",
            line=line,
            column=column,
        ) from error


def _event_list(document: Any) -> tuple[str | None, list[Any], dict[str, str]]:
    if isinstance(document, list):
        return "", document, {}
    if isinstance(document, dict):
        namespaces = declared_namespaces(document.get("@context"))
        if document.get("type") != "EPCISDocument":
            return None, [document], namespaces
        body = document.get("epcisBody")
        events = body.get("eventList") if isinstance(body, dict) else None
        if isinstance(events, list):
            return "/epcisBody/eventList", events, namespaces
    raise Refused.one(
        "document_invalid",
        "An EPCIS document has its events in a list, epcisBody.eventList.",
        pointer="/epcisBody/eventList",
    )


def _as_one(refused: Refused) -> Refusal:
    first = refused.refusals[0]
    sentence = " ".join(refusal.sentence for refusal in refused.refusals)
    data = {**first.data, "refusals": refused.refusals}
    return Refusal(first.code, sentence, MappingProxyType(data))
