"""What a partner sent: the body of a request, in JSON-LD or XML, as events with their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from rest_framework.request import Request

from apps.exchange.problems import EpcisException
from pharmatrace.kernel.epcis.jsonld import read_document
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_EVENTS = 10_000
_FORMS = {
    "application/json": "json",
    "application/ld+json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
Read = list[tuple[str, Event | Refusal]]


@dataclass(frozen=True, slots=True)
class Sent:
    form: str  # json, xml
    content: bytes
    events: Read


def most_bytes() -> int:
    return int(settings.CAPTURE_MAX_MEMORY_SIZE)


def read_sent(request: Request) -> Sent:
    """The body and its events. Raises EpcisException 413 and 415, `Refused` where no event can be found."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    form = _FORMS.get(kind)
    if form is None:
        raise EpcisException("UnsupportedMediaTypeException", f"{kind or 'Nothing'} is not read.")
    content = request._request.read(most_bytes() + 1)
    if len(content) > most_bytes():
        raise EpcisException(
            "CaptureLimitExceededException", f"At most {most_bytes():,} octets a document."
        )
    return Sent(form, content, read_events(content, form))


def read_events(content: bytes, form: str) -> Read:
    """The events of a document, each with JSON Pointer or `line:column`."""
    read = read_document(content) if form == "json" else _bounded(XmlDocument(content))
    if len(read) > MOST_EVENTS:
        raise _too_many()
    return read


def _bounded(events: Iterable[tuple[str, Event | Refusal]]) -> Read:
    read: Read = []
    for one in events:
        if len(read) == MOST_EVENTS:
            raise _too_many()
        read.append(one)
    return read


def _too_many() -> EpcisException:
    return EpcisException(
        "CaptureLimitExceededException", f"At most {MOST_EVENTS:,} events a document."
    )


def reasons_of(unreadable: Refusal) -> tuple[Refusal, ...]:
    """The reader gathers the faults of an event in one refusal."""
    return tuple(unreadable.data.get("refusals", (unreadable,)))


def only_event(sent: Sent) -> Event:
    """The one event of a document for POST /events. Raises `Refused`."""
    if len(sent.events) != 1:
        raise Refused.one("one_event", "Here exactly one event is captured; /capture takes many.")
    _, event = sent.events[0]
    if isinstance(event, Refusal):
        raise Refused(reasons_of(event))
    return event
