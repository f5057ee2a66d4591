"""What a partner sent: the body of a request, in JSON-LD or XML, as events with their places."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from rest_framework.request import Request

from apps.custody import limits
from apps.custody.limits import TOO_MUCH, Read, read_bounded
from apps.exchange.problems import EpcisException
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

_FORMS = {
    "application/json": "json",
    "application/ld+json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}


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
    promised = request.META.get("CONTENT_LENGTH") or "0"
    too_large = promised.isascii() and promised.isdigit() and int(promised[:12]) > most_bytes()
    content = b"" if too_large else request._request.read(most_bytes() + 1)
    if too_large or len(content) > most_bytes():
        raise EpcisException(
            "CaptureLimitExceededException", f"At most {most_bytes():,} octets a document."
        )
    return Sent(form, content, read_events(content, form))


def read_events(content: bytes, form: str) -> Read:
    """The events of a document, each with JSON Pointer or `line:column`. Raises EpcisException 413 where
    there are too many, `Refused` where none can be found."""
    try:
        return read_bounded(content, form)
    except Refused as refused:
        if refused.refusals[0].code in TOO_MUCH:
            raise EpcisException("CaptureLimitExceededException", str(refused)) from None
        raise


def limits_told(events: int = limits.MOST_EVENTS) -> dict[str, str]:
    """What OPTIONS and 413 say; the number of packages is a limit of ours."""
    return {
        "GS1-EPCIS-Capture-Limit": str(events),
        "GS1-EPCIS-Capture-File-Size-Limit": str(most_bytes()),
        "PharmaTrace-Capture-Package-Limit": str(limits.MOST_PACKAGES),
    }


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
