"""Events out: the stored document with its ID and record time, in JSON-LD or XML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from apps.custody.models import CustodyEvent
from apps.exchange.as_json import json_bytes
from apps.exchange.forms import EPC_FORMAT, Form
from apps.exchange.problems import EpcisException, refusal_body
from apps.exchange.sight import Sight
from apps.parties.selectors import registered_prefixes
from pharmatrace.kernel.epcis.epc_spelling import AsUrn, respelled
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.jsonld_writing import write_event, write_query_document
from pharmatrace.kernel.epcis.model import Event, utc_text
from pharmatrace.kernel.epcis.xml_writing import XmlWriter
from pharmatrace.kernel.gs1.epc_of_link import FROM_THE_TABLE, Prefixes
from pharmatrace.kernel.refusal import Refused

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
QUERY_NAME = "SimpleEventQuery"
MOST_EXTENSIONS = 20
_PAIR = re.compile(r"[A-Za-z0-9._-]{1,40}=[!#-+\--:;?-~=/]{1,200}")
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
    events: Iterable[Event], *, form: Form, at: datetime, query_name: str = QUERY_NAME
) -> HttpResponse:
    """An EPCISQueryDocument in `form`. Raises EpcisException 406 where the form has no place for what an
    event says, naming event and field."""
    prefixes = Prefixes.of(registered_prefixes()) if form.urns else FROM_THE_TABLE
    spell = AsUrn(prefixes)
    events = list(events)
    # The writer of 1.2 spells URNs itself, and refuses where there are none.
    if form.urns and form.version != "1.2.0":
        events = [respelled(event, spell) for event in events]
    if form.xml:
        content = _xml(events, form, prefixes, at, query_name)
    else:
        content = json_bytes(write_query_document(events, at, query_name=query_name))
    response = HttpResponse(content, form.media)
    declare_spelling(response, form, spell)
    extensions = _extensions(events)
    if extensions:
        response["GS1-Extensions"] = extensions
    return response


def event_body(event: Event) -> dict[str, Any]:
    """One event alone, with the context that makes it a document (GS1's JSON Schema)."""
    context: Any = CONTEXT
    if event.namespaces:
        context = [CONTEXT, dict(event.namespaces)]
    return {"@context": context, **{k: v for k, v in write_event(event).items() if k != "@context"}}


def declare_spelling(response: HttpResponse, form: Form, spell: AsUrn) -> None:
    """Says which spelling of identifiers is used; where not all are URNs, how many stayed links and why."""
    if spell.kept:
        response[EPC_FORMAT] = "No_Preference"
        response["PharmaTrace-Links-Kept"] = ", ".join(
            f"{code};count={count}" for code, count in sorted(spell.kept.items())
        )
    else:
        response[EPC_FORMAT] = form.headers()[EPC_FORMAT]


def _xml(
    events: list[Event], form: Form, prefixes: Prefixes, at: datetime, query_name: str
) -> bytes:
    target = io.BytesIO()
    options: dict[str, Any] = {"version": form.version[:3], "web_words": form.web_words}
    with XmlWriter(
        target, created_at=at, query_name=query_name, prefixes=prefixes, **options
    ) as writer:
        for event in events:
            try:
                writer.write(event)
            except Refused as refused:
                reasons = [
                    {**refusal_body(one), "eventID": event.event_id} for one in refused.refusals
                ]
                raise EpcisException(
                    "NotAcceptableException",
                    f"{refused} Ask for another form ({event.event_id}).",
                    refusals=reasons,
                ) from None
    return target.getvalue()


def _extensions(events: Iterable[Event]) -> str:
    """The namespaces of others that the events use, for `GS1-Extensions`: `prefix=URI` as in openapi.yaml.
    A header holds no more than visible ASCII; what does not fit in it stands in the document anyway."""
    spaces = {prefix: uri for event in events for prefix, uri in event.namespaces.items()}
    pairs = [f"{prefix}={uri}" for prefix, uri in sorted(spaces.items())]
    return ",".join([one for one in pairs if _PAIR.fullmatch(one)][:MOST_EXTENSIONS])
