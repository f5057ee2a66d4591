"""Events out: the stored document with its ID and record time, in JSON-LD or XML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpResponse

from apps.custody.models import CustodyEvent
from apps.exchange.problems import EpcisException
from apps.exchange.sight import Sight
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document
from pharmatrace.kernel.epcis.model import Event, utc_text
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from pharmatrace.kernel.refusal import Refused

QUERY_NAME = "SimpleEventQuery"
_LISTS = ("epcList", "childEPCs")


def event_id(event: CustodyEvent) -> str:
    """The ID its sender gave it; else its hash ID."""
    return str(event.document.get("eventID") or hash_id(event))


def hash_id(event: CustodyEvent) -> str:
    return f"ni:///sha-256;{bytes(event.hash).hex()}?ver=CBV2.0"


def shown(event: CustodyEvent, sight: Sight) -> Event:
    """The event as this reader sees it."""
    document: dict[str, Any] = dict(event.document)
    allowed = sight.narrowed.get(event.pk)
    if allowed is not None:
        for name in _LISTS:
            if name in document:
                document[name] = [epc for epc in document[name] if epc in allowed]
    document["eventID"] = event_id(event)
    recorded = event.recorded_at  # rounded down: GE_recordTime of what was told finds it again
    document["recordTime"] = utc_text(
        recorded.replace(microsecond=recorded.microsecond // 1000 * 1000)
    )
    return read_event(document)


def query_response(
    events: Iterable[Event], *, form: str, at: datetime, query_name: str = QUERY_NAME
) -> HttpResponse:
    """An EPCISQueryDocument. Raises EpcisException 406 where XML has no place for what an event says."""
    if form == "json":
        body = write_query_document(events, at, query_name=query_name)
        return HttpResponse(orjson.dumps(body), "application/json")
    try:
        text = write_document_xml(events, version="2.0", created_at=at, query_name=query_name)
    except Refused as refused:
        raise EpcisException("NotAcceptableException", f"{refused} Ask for JSON.") from None
    return HttpResponse(text, "application/xml")
