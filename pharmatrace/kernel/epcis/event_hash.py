"""The event hash ID: one name for one event, whoever computes it (CBV 2.0 §8.9).

An event is written out as one long string of names and values in a fixed order (the pre-hash
string), and hashed with SHA-256. What is about the record, not about the event (`eventID`,
`recordTime`, `errorDeclaration`), stays out.

`event_hash` and `prehash` take an event of our own model or the JSON-LD object of one; both give the
same answer. Plain events of objects and aggregations go a faster way. The order and the treatment of extensions are those of the
reference implementation named in the standard, which the published vectors fix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from pharmatrace.kernel.epcis.contexts import declared_namespaces
from pharmatrace.kernel.epcis.hash_tree import (
    EVENT_ORDER,
    Names,
    children_of,
    ordered,
    plain,
    shape,
)
from pharmatrace.kernel.epcis.hash_values import value_text
from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.epcis.model import AggregationEvent, Event, ObjectEvent, utc_text
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    DISPOSITION,
    SOURCE_DESTINATION_TYPE,
    Vocabulary,
)
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refused

_PLAIN = (ObjectEvent, AggregationEvent)
_IGNORED = ("recordTime", "eventID", "type", "errorDeclaration", "@context")


def event_hash(
    event: Event | Mapping[str, Any], context: Any = None, ignore: Iterable[str] = ()
) -> str:
    """`ni:///sha-256;{hex}?ver=CBV2.0` of one event. Parameters as for `prehash`."""
    return hash_of_prehash(prehash(event, context, ignore))


def hash_of_prehash(text: str) -> str:
    """The event hash ID that belongs to a pre-hash string."""
    return f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver=CBV2.0"


def digest_of(event_hash: str) -> bytes:
    """The 32 bytes inside an event hash ID."""
    return bytes.fromhex(event_hash[14:78])


def prehash(
    event: Event | Mapping[str, Any], context: Any = None, ignore: Iterable[str] = ()
) -> str:
    """The pre-hash string of one event.

    For a JSON-LD object, `context` is the `@context` of its document and `ignore` are the names of
    top-level fields to leave out; an `@context` of its own is honoured.
    """
    if isinstance(event, Event):
        if type(event) in _PLAIN and not _has_more(event):
            return _prehash_of_event(event)
        event = write_event(event)
    names = Names({**declared_namespaces(context), **declared_namespaces(event.get("@context"))})
    skip = {*_IGNORED, *ignore}
    nodes = children_of({key: event[key] for key in event if key not in skip}, names)
    text, rest = ordered(nodes, EVENT_ORDER, top=True)
    return f"eventType={event['type']}{text}{plain(rest)}"


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two events in JSON-LD say the same. Events with different hashes never do; with the same hash they
    may still differ, since the pre-hash string has no mark between a value and the next name (CBV 2.0 §8.9.3)."""
    return one == other or _said(one) == _said(other)


def _said(event: Mapping[str, Any]) -> Any:
    names = Names(declared_namespaces(event.get("@context")))
    nodes = children_of({key: event[key] for key in event if key not in _IGNORED}, names)
    return event["type"], shape(nodes)


def document_events(
    document: Mapping[str, Any] | list[Any],
) -> tuple[list[dict[str, Any]], list[str]]:
    """The events of an EPCIS document or query document, and the fields it says to ignore. A list
    of events or an event that stands alone is welcome too. Raises `Refused` where something else
    stands than events."""
    holder: Any = document
    events: Any = document
    if isinstance(document, Mapping):
        body = document.get("epcisBody", {"event": document})
        is_query = document.get("type") == "EPCISQueryDocument"
        if (
            isinstance(body, Mapping)
            and "queryResults" in body
            and (is_query or "eventList" not in body)
        ):
            holder = body["queryResults"]
            body = holder.get("resultsBody") if isinstance(holder, Mapping) else None
        events = body
        if isinstance(body, Mapping):
            events = [body["event"]] if "event" in body else body.get("eventList", body)
            if body.get("vocabularyList") and "eventList" not in body:
                events = []
    if not isinstance(events, list) or not all(
        isinstance(event, Mapping) and isinstance(event.get("type"), str) for event in events
    ):
        raise Refused.one("document_invalid", "Here are no EPCIS events to hash.", pointer="")
    context = document.get("@context") if isinstance(document, Mapping) else None
    repository = "https://repository-x.example.com/"
    keys = [
        f"{prefix}:ignoreFields"
        for prefix, uri in declared_namespaces(context).items()
        if uri == repository
    ]
    listed = [holder.get(key) for key in keys]
    return events, [
        name
        for names in listed
        if isinstance(names, list)
        for name in names
        if isinstance(name, str)
    ]


def document_hashes(document: Mapping[str, Any] | list[Any]) -> list[str]:
    """The event hash IDs of all events of a JSON-LD document, in order."""
    return [hash_of_prehash(text) for text in document_prehashes(document)]


def document_prehashes(document: Mapping[str, Any] | list[Any]) -> list[str]:
    """The pre-hash strings of all events of a JSON-LD document, in order. Hashing asks less than
    reading: whether fields are complete and well-formed is not looked at."""
    events, ignore = document_events(document)
    context = document.get("@context") if isinstance(document, Mapping) else None
    try:
        texts = [prehash(event, context, ignore) for event in events]
        "".join(texts).encode()
    except (RecursionError, UnicodeEncodeError):
        raise Refused.one(
            "document_invalid",
            "An event is nested too deep, or holds half a character; it cannot be hashed.",
            pointer="",
        ) from None
    return texts


def _has_more(event: Event) -> bool:
    """Whether `event` has what the fast path does not write."""
    return bool(
        event.quantities
        or event.sensor_elements
        or event.persistent_disposition
        or event.certification_info
        or event.read_point_extensions
        or event.biz_location_extensions
    )


def _prehash_of_event(event: Event) -> str:
    parts = [
        f"eventType={event.type}eventTime={utc_text(event.event_time)}"
        f"eventTimeZoneOffset={event.event_time_zone_offset}"
    ]
    if event.parent:
        parts.append(f"parentID={value_text(event.parent)}")
    for name, epcs in (("epcList", event.epcs), ("childEPCs", event.children)):
        if epcs:
            parts.append(f"{name}epc=" + "epc=".join(sorted(map(_epc_text, epcs))))
    parts.append(f"action={event.action}")
    if event.biz_step:
        parts.append(f"bizStep={value_text(BIZ_STEP.web_uri(event.biz_step))}")
    if event.disposition:
        parts.append(f"disposition={value_text(DISPOSITION.web_uri(event.disposition))}")
    if event.read_point:
        parts.append(f"readPointid={value_text(event.read_point)}")
    if event.biz_location:
        parts.append(f"bizLocationid={value_text(event.biz_location)}")
    parts.append(_rest_of_event(event))
    return "".join(parts)


def _epc_text(epc: str) -> str:
    # Most keys are in normal form already and differ every time: not worth the cache of value_text.
    return epc if epc.startswith(ID_STEM) else value_text(epc)


def _rest_of_event(event: Event) -> str:
    """What has no place in the fixed order: transactions, parties, ILMD, extensions, sorted."""
    parts = [
        name + "".join(sorted(_pair_text(words, member, pair) for pair in pairs))
        for name, member, words, pairs in (
            ("bizTransactionList", "bizTransaction", BIZ_TRANSACTION_TYPE, event.biz_transactions),
            ("destinationList", "destination", SOURCE_DESTINATION_TYPE, event.destinations),
            ("sourceList", "source", SOURCE_DESTINATION_TYPE, event.sources),
        )
        if pairs
    ]
    if event.ilmd or event.extensions:
        names = Names(event.namespaces)
        if event.ilmd:
            said = plain(children_of(event.ilmd, names, "ilmd"))
            if said:
                parts.append("ilmd" + said)
        for name, text, children in children_of(event.extensions, names):
            parts.append(plain([(name, text, children)]))
    return "".join(sorted(parts))


def _pair_text(words: Vocabulary, member: str, pair: tuple[str | None, str]) -> str:
    kind, value = pair
    start = f"type={value_text(words.web_uri(kind))}" if kind else ""
    return f"{start}{member}={value_text(value)}"
