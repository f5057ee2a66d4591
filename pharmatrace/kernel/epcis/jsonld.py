"""EPCIS 2.0 JSON-LD (EPCIS 2.0 §10, GS1's JSON Schema): strict reading.

What is wrong is refused with a JSON Pointer to the place; URIs and words are brought into one
spelling; user extensions are kept. No context is fetched. `write_event` and `write_document` write
what is read here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from pharmatrace.kernel.epcis import part_reading as parts
from pharmatrace.kernel.epcis.contexts import declared_namespaces
from pharmatrace.kernel.epcis.event_rules import check_rules
from pharmatrace.kernel.epcis.fields import Problems
from pharmatrace.kernel.epcis.formats import is_loose_uri, storable
from pharmatrace.kernel.epcis.jsonld_writing import write_document, write_event
from pharmatrace.kernel.epcis.model import EVENT_KINDS, Event, ExtendedEvent
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    DISPOSITION,
    SOURCE_DESTINATION_TYPE,
)
from pharmatrace.kernel.refusal import Refusal, Refused

__all__ = ["read_document", "read_event", "write_document", "write_event"]

# Takes the value of a field and its place, returns what goes into the model.
Reader = Callable[[Problems, Any, str], Any]


def _transactions(problems: Problems, value: Any, at: str) -> Any:
    return parts.pairs(problems, value, at, "bizTransaction", BIZ_TRANSACTION_TYPE)


def _sources(problems: Problems, value: Any, at: str) -> Any:
    return parts.pairs(problems, value, at, "source", SOURCE_DESTINATION_TYPE)


def _destinations(problems: Problems, value: Any, at: str) -> Any:
    return parts.pairs(problems, value, at, "destination", SOURCE_DESTINATION_TYPE)


def _ilmd(problems: Problems, value: Any, at: str) -> dict[str, Any]:
    """Instance and lot master data: an object whose fields all have a prefix."""
    return problems.own_fields(problems.obj(value, at) or {}, (), at)


def _lasting(problems: Problems, value: Any, at: str) -> Any:
    """The standard and its XSD give persistent dispositions to every kind of event, GS1's JSON
    Schema only to two (EPCIS 2.0 §7.4.1)."""
    if problems.strict:
        problems.add("field_unknown", "The JSON Schema has no persistentDisposition here.", at)
    return parts.persistent_disposition(problems, value, at)


def _context(problems: Problems, value: Any, at: str) -> None:
    if problems.strict:
        problems.context(value, at)


_EVERY: dict[str, tuple[str, Reader]] = {
    "@context": ("", _context),
    "type": ("", lambda problems, value, at: None),
    "eventTime": ("event_time", Problems.time),
    "recordTime": ("record_time", Problems.time),
    "eventTimeZoneOffset": ("event_time_zone_offset", Problems.offset),
    "eventID": ("event_id", Problems.uri),
    "certificationInfo": ("certification_info", parts.certification),
    "errorDeclaration": ("error_declaration", parts.error_declaration),
}
_SHARED = _EVERY | {
    "bizStep": ("biz_step", lambda problems, value, at: problems.word(value, BIZ_STEP, at)),
    "disposition": (
        "disposition", lambda problems, value, at: problems.word(value, DISPOSITION, at)
    ),
    "readPoint": ("read_point", parts.place),
    "bizLocation": ("biz_location", parts.place),
    "bizTransactionList": ("biz_transactions", _transactions),
    "sourceList": ("sources", _sources),
    "destinationList": ("destinations", _destinations),
    "sensorElementList": ("sensor_elements", parts.sensor_elements),
}  # fmt: skip
_ACTION = {"action": ("action", Problems.action)}
_LISTS = {
    "epcList": ("epcs", Problems.unique_epcs),
    "quantityList": ("quantities", parts.quantities),
}
_PARENT = {"parentID": ("parent", Problems.key)}
_CHILDREN = {
    "childEPCs": ("children", Problems.epcs),
    "childQuantityList": ("quantities", parts.quantities),
}
_LASTING = {"persistentDisposition": ("persistent_disposition", _lasting)}
_MAKING = {
    "persistentDisposition": ("persistent_disposition", parts.persistent_disposition),
    "ilmd": ("ilmd", _ilmd),
}
_FIELDS: dict[str, dict[str, tuple[str, Reader]]] = {
    "ObjectEvent": _SHARED | _ACTION | _LISTS | _MAKING,
    "AggregationEvent": _SHARED | _ACTION | _PARENT | _CHILDREN | _LASTING,
    "AssociationEvent": _SHARED | _ACTION | _PARENT | _CHILDREN | _LASTING,
    "TransactionEvent": _SHARED | _ACTION | _PARENT | _LISTS | _LASTING | {
        "epcList": ("epcs", Problems.epcs),
    },
    "TransformationEvent": _SHARED | _MAKING | {
        "inputEPCList": ("input_epcs", Problems.unique_epcs),
        "inputQuantityList": ("input_quantities", parts.quantities),
        "outputEPCList": ("output_epcs", Problems.unique_epcs),
        "outputQuantityList": ("output_quantities", parts.quantities),
        "transformationID": ("transformation_id", Problems.key),
    },
}  # fmt: skip


def read_event(
    obj: Any,
    *,
    pointer: str = "",
    namespaces: Mapping[str, str] | None = None,
    strict: bool = False,
) -> Event:
    """The event in a JSON-LD object.

    `pointer` is where `obj` stands in its document and `namespaces` are the prefixes declared
    there. Raises `Refused` with one refusal per fault, each with `pointer` in its data; the codes
    are `field_missing`, `field_type`, `field_unknown`, `field_misplaced`, `value_invalid`,
    `value_too_long`, `value_repeated`, `time_invalid`, `offset_invalid`, `uri_invalid`,
    `epc_invalid`, `epc_repeated`. With `strict`, what GS1's JSON Schema has no place for is refused
    even where its meaning is plain: CBV words in URN form, IRIs, ilmd with another action than ADD,
    one text twice in a list of keys.
    """
    problems = Problems(pointer, namespaces, strict=strict)
    if not isinstance(obj, dict):
        problems.add("field_type", "An event is a JSON object.", "")
        raise Refused(problems.found)
    if "@context" in obj:
        problems.namespaces = {**problems.namespaces, **declared_namespaces(obj["@context"])}
    name = obj.get("type")
    kind = EVENT_KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return _extended_event(obj, problems)
    own = _fields(obj, _FIELDS[kind.type], problems)
    check_rules(obj, kind.type, problems)
    return _built(kind, own, problems)


def _fields(
    obj: dict[str, Any], readers: dict[str, tuple[str, Reader]], problems: Problems
) -> dict[str, Any]:
    """The fields of an event as keyword arguments of its class."""
    own: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    for name, value in obj.items():
        found = readers.get(name)
        if found is None:
            extensions[name] = value
            continue
        attribute, read = found
        result = read(problems, value, f"/{name}")
        if read is parts.place:
            result, more = result
            if more:
                own[f"{attribute}_extensions"] = more
        if attribute:
            own[attribute] = result
    if extensions:
        if not problems.strict:
            extensions.pop("comment", None)
        own["extensions"] = problems.own_fields(extensions, (), "")
    return own


def _extended_event(obj: dict[str, Any], problems: Problems) -> Event:
    name = obj.get("type")
    if "type" not in obj:
        problems.add("field_missing", "The event has no type.", "/type")
    elif not isinstance(name, str) or not problems.is_uri(name):
        problems.add("value_invalid", f"{name!r} is not a type of EPCIS event.", "/type")
    else:
        own = _fields({key: obj[key] for key in obj if key in _EVERY}, _EVERY, problems)
        own["extensions"] = {key: obj[key] for key in obj if key not in _EVERY}
        check_rules(obj, "", problems)
        return _built(ExtendedEvent, {**own, "own_type": name}, problems)
    raise Refused(problems.found)


def _built(kind: type[Event], own: dict[str, Any], problems: Problems) -> Event:
    free = [own[name] for name in own if name in _FREE and own[name]]
    if "sensor_elements" in own:
        for element in own["sensor_elements"]:
            pieces = (element, element.metadata, *element.reports)
            free += [piece.extensions for piece in pieces if piece and piece.extensions]
    if own.get("error_declaration"):
        free.append(own["error_declaration"].extensions)
    if free or "own_type" in own:
        text = "".join(problems.free_form(part, "") for part in free)
        text += f'"{own.get("own_type", "")}'
        used = {prefix: uri for prefix, uri in problems.namespaces.items() if f'"{prefix}:' in text}
        own["namespaces"] = used
        for prefix, uri in used.items():
            if not storable(prefix) or not is_loose_uri(uri):
                sentence = f"{uri[:80]!r}, the namespace of {prefix[:40]!r}, is not a URI."
                problems.add("uri_invalid", sentence, "")
    if problems.found:
        raise Refused(problems.found)
    return kind(**own)


_FREE = frozenset(["extensions", "ilmd", "read_point_extensions", "biz_location_extensions"])


def read_document(
    document: bytes | str | dict[str, Any] | list[Any], *, strict: bool = False
) -> list[tuple[str, Event | Refusal]]:
    """The events of an EPCIS document, a query document, a list of events or one bare event, each
    with its JSON Pointer; a `Refusal` stands where an event was refused (`data["refusals"]` has all
    its faults).

    Raises `Refused` `document_invalid` when no list of events can be found at all.
    """
    if isinstance(document, bytes | str):
        document = parse(document)
    start, events, namespaces = event_list(document)
    results: list[tuple[str, Event | Refusal]] = []
    for index, obj in enumerate(events):
        pointer = f"{start}/{index}" if start is not None else ""
        try:
            event = read_event(obj, pointer=pointer, namespaces=namespaces, strict=strict)
            results.append((pointer, event))
        except Refused as refused:
            results.append((pointer, _as_one(refused)))
    return results


def parse(text: bytes | str) -> Any:
    """The value of a JSON text (RFC 8259: UTF-8, no NaN); raises `Refused` with line and column."""
    try:
        # By itself, json.loads lets octets pass that are half a character.
        said = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
        return json.loads(said, parse_constant=_no_number)
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


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def event_list(document: Any) -> tuple[str | None, list[Any], dict[str, str]]:
    """Where the events of a document stand, the events, and the prefixes declared for them. The
    place is None for one bare event."""
    place = "/epcisBody/eventList"
    if isinstance(document, list):
        return "", document, {}
    if isinstance(document, dict):
        namespaces = declared_namespaces(document.get("@context"))
        kind = document.get("type")
        if kind not in ("EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument"):
            return None, [document], namespaces
        body = document.get("epcisBody")
        if kind == "EPCISQueryDocument":
            place = "/epcisBody/queryResults/resultsBody/eventList"
            body = _inside(_inside(body, "queryResults"), "resultsBody")
        events = _inside(body, "eventList")
        if isinstance(events, list):
            return place, events, namespaces
        if kind == "EPCISMasterDataDocument" and isinstance(body, dict) and events is None:
            return place, [], namespaces
    raise Refused.one(
        "document_invalid",
        f"An EPCIS document has its events in a list, {place[1:].replace('/', '.')}.",
        pointer=place,
    )


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _as_one(refused: Refused) -> Refusal:
    first = refused.refusals[0]
    sentence = " ".join(refusal.sentence for refusal in refused.refusals)
    data = {**first.data, "refusals": refused.refusals}
    return Refusal(first.code, sentence, MappingProxyType(data))
