"""EPCIS 2.0 JSON-LD, written in one way: fixed order, bare words, empty fields left out (§10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pharmatrace.kernel.epcis.contexts import DEFAULT_NAMESPACES, GS1_CONTEXT
from pharmatrace.kernel.epcis.model import (
    AggregationEvent,
    AssociationEvent,
    Document,
    Event,
    ExtendedEvent,
    TransformationEvent,
    moment_text,
    utc_text,
)
from pharmatrace.kernel.epcis.parts import (
    ErrorDeclaration,
    MasterDataList,
    Quantity,
    SensorElement,
    SensorMetadata,
    SensorReport,
)
from pharmatrace.kernel.epcis.sensor_fields import METADATA_FIELDS, REPORT_FIELDS, Kind
from pharmatrace.kernel.epcis.vocabulary import GS1_VOC, Vocabulary


def write_event(event: Event) -> dict[str, Any]:
    """The canonical JSON object of `event`. An `@context` stands in it only where the event needs
    prefixes of its own."""
    out: dict[str, Any] = {}
    if event.namespaces:
        out["@context"] = dict(sorted(event.namespaces.items()))
    out["type"] = event.type
    if event.event_id:
        out["eventID"] = event.event_id
    out["eventTime"] = utc_text(event.event_time)
    if event.record_time:
        out["recordTime"] = utc_text(event.record_time)
    out["eventTimeZoneOffset"] = event.event_time_zone_offset
    if event.certification_info:
        single = len(event.certification_info) == 1
        out["certificationInfo"] = (
            event.certification_info[0] if single else list(event.certification_info)
        )
    if event.error_declaration:
        out["errorDeclaration"] = _declaration(event.error_declaration)
    _write_objects(event, out)
    if event.action:
        out["action"] = event.action
    if event.biz_step:
        out["bizStep"] = event.biz_step
    if event.disposition:
        out["disposition"] = event.disposition
    _write_context(event, out)
    if event.ilmd:
        out["ilmd"] = dict(sorted(event.ilmd.items()))
    out.update(sorted(event.extensions.items()))
    return out


def _write_objects(event: Event, out: dict[str, Any]) -> None:
    """What the event is about: keys and quantities."""
    if isinstance(event, TransformationEvent):
        for name, epcs, quantities in (
            ("input", event.input_epcs, event.input_quantities),
            ("output", event.output_epcs, event.output_quantities),
        ):
            if epcs:
                out[f"{name}EPCList"] = list(epcs)
            if quantities:
                out[f"{name}QuantityList"] = _quantities(quantities)
        if event.transformation_id:
            out["transformationID"] = event.transformation_id
        return
    if event.parent:
        out["parentID"] = event.parent
    if isinstance(event, AggregationEvent | AssociationEvent):
        out["childEPCs"] = list(event.children)
        if event.quantities:
            out["childQuantityList"] = _quantities(event.quantities)
    elif not isinstance(event, ExtendedEvent):
        out["epcList"] = list(event.epcs)
        if event.quantities:
            out["quantityList"] = _quantities(event.quantities)


def _write_context(event: Event, out: dict[str, Any]) -> None:
    """Where, in which business, under which conditions."""
    lasting = event.persistent_disposition
    if lasting:
        words = (("set", lasting.set), ("unset", lasting.unset))
        out["persistentDisposition"] = {name: list(found) for name, found in words if found}
    if event.read_point:
        out["readPoint"] = {"id": event.read_point, **event.read_point_extensions}
    if event.biz_location:
        out["bizLocation"] = {"id": event.biz_location, **event.biz_location_extensions}
    for name, member, pairs in (
        ("bizTransactionList", "bizTransaction", event.biz_transactions),
        ("sourceList", "source", event.sources),
        ("destinationList", "destination", event.destinations),
    ):
        if pairs:
            out[name] = [
                {"type": kind, member: uri} if kind else {member: uri} for kind, uri in pairs
            ]
    if event.sensor_elements:
        out["sensorElementList"] = [_sensor_element(one) for one in event.sensor_elements]


def _quantities(quantities: Iterable[Quantity]) -> list[dict[str, Any]]:
    listed = []
    for one in quantities:
        out: dict[str, Any] = {"epcClass": one.epc_class}
        if one.quantity is not None:
            out["quantity"] = one.quantity
        if one.uom is not None:
            out["uom"] = one.uom
        listed.append(out)
    return listed


def _declaration(declaration: ErrorDeclaration) -> dict[str, Any]:
    out: dict[str, Any] = {"declarationTime": moment_text(declaration.declared_at)}
    if declaration.reason:
        out["reason"] = declaration.reason
    if declaration.corrective_event_ids:
        out["correctiveEventIDs"] = list(declaration.corrective_event_ids)
    return out | dict(declaration.extensions)


def _sensor_element(element: SensorElement) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if element.metadata:
        out["sensorMetadata"] = _fields(element.metadata, METADATA_FIELDS)
    out["sensorReport"] = [_fields(report, REPORT_FIELDS) for report in element.reports]
    return out | dict(element.extensions)


def _fields(
    part: SensorMetadata | SensorReport, table: Mapping[str, tuple[str, Kind]]
) -> dict[str, Any]:
    out = {}
    for name, (attribute, kind) in table.items():
        value = getattr(part, attribute)
        if value is None:
            continue
        if kind == "moment":
            value = moment_text(value)
        elif isinstance(kind, Vocabulary) and kind.web == GS1_VOC and value.startswith(GS1_VOC):
            # GS1's JSON Schema refuses the full URI of a word it does not know.
            value = "gs1:" + value.removeprefix(GS1_VOC)
        out[name] = value
    return out | dict(part.extensions)


def write_document(
    events: Iterable[Event],
    created_at: datetime,
    *,
    master_data: Iterable[MasterDataList] = (),
    header: Mapping[str, Any] | None = None,
    namespaces: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An EPCISDocument with `events`. Prefixes are declared once, in the document, unless two
    events mean different things by one prefix. `namespaces` are the prefixes that `header` (further
    fields of the document) needs."""
    # Declared although GS1's context has it: readers that fetch no contexts need it too.
    known = {**(namespaces or {})}
    known.setdefault("cbvmda", DEFAULT_NAMESPACES["cbvmda"])
    listed = _write_events(events, known)
    out: dict[str, Any] = {
        "@context": [GS1_CONTEXT, known],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": utc_text(created_at),
        **(header or {}),
    }
    lists = [_master_data_list(one) for one in master_data]
    if lists:
        more = out.get("epcisHeader", {})
        out["epcisHeader"] = {**more, "epcisMasterData": {"vocabularyList": lists}}
    out["epcisBody"] = {"eventList": listed}
    return out


def write_query_document(
    events: Iterable[Event],
    created_at: datetime,
    *,
    query_name: str,
    subscription_id: str | None = None,
    master_data: Iterable[MasterDataList] = (),
    header: Mapping[str, Any] | None = None,
    namespaces: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An EPCISQueryDocument with `events` as the results of the query `query_name`."""
    out = write_document(events, created_at, header=header, namespaces=namespaces)
    results: dict[str, Any] = {"queryName": query_name}
    if subscription_id is not None:
        results["subscriptionID"] = subscription_id
    lists = [_master_data_list(one) for one in master_data]
    results["resultsBody"] = {**({"vocabularyList": lists} if lists else {}), **out["epcisBody"]}
    return {**out, "type": "EPCISQueryDocument", "epcisBody": {"queryResults": results}}


def write_whole(document: Document, created_at: datetime) -> dict[str, Any]:
    """`document` in JSON, as an EPCISDocument or EPCISQueryDocument; master data alone goes into
    the header of an EPCISDocument, as JSON has no other place for it. `created_at` is the date of
    a document that has none."""
    when = document.created_at or created_at
    if document.kind == "EPCISQueryDocument":
        return write_query_document(
            document.events,
            when,
            query_name=document.query_name or "SimpleEventQuery",
            subscription_id=document.subscription_id,
            master_data=document.master_data,
            header=document.header,
            namespaces=document.namespaces,
        )
    return write_document(
        document.events,
        when,
        master_data=document.master_data,
        header=document.header,
        namespaces=document.namespaces,
    )


def _write_events(events: Iterable[Event], known: dict[str, str]) -> list[dict[str, Any]]:
    """The objects of `events`; what they declare alike moves into `known`."""
    listed = []
    for event in events:
        listed.append(write_event_within(event, known))
    return listed


def write_event_within(event: Event, known: dict[str, str]) -> dict[str, Any]:
    """The object of `event` in a document that declares `known`, to which its prefixes are added;
    where one of them has another meaning there, the event declares its own."""
    obj = write_event(event)
    own = obj.get("@context", {})
    if all(known.setdefault(prefix, uri) == uri for prefix, uri in own.items()):
        obj.pop("@context", None)
    return obj


def _master_data_list(one: MasterDataList) -> dict[str, Any]:
    elements = []
    for element in one.elements:
        out: dict[str, Any] = {"id": element.id}
        if element.attributes:
            out["attributes"] = [
                {"id": name, "attribute": value} for name, value in element.attributes
            ]
        if element.children:
            out["children"] = list(element.children)
        elements.append(out)
    return {"type": one.type, "vocabularyElementList": elements}
