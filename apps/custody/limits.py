"""How much one document may ask of the door: refused before it is read where that can be seen."""

from __future__ import annotations

from collections.abc import Iterable

from pharmatrace.kernel.epcis.jsonld import event_list, parse, read_document
from pharmatrace.kernel.epcis.model import Event, TransformationEvent
from pharmatrace.kernel.epcis.xml_reading import XmlDocument
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_EVENTS = 10_000
MOST_PACKAGES = 100_000  # of all events together: in `rollback` they are one transaction
TOO_MUCH = ("too_many_events", "too_many_packages")
Read = list[tuple[str, Event | Refusal]]


def read_bounded(content: bytes, form: str) -> Read:
    """The events of a document in `json` or `xml`, each with JSON Pointer or `line:column`.

    Raises `Refused`: `too_many_events`, `too_many_packages`, and what the readers raise where no event can
    be found.
    """
    if form == "xml":
        return _bounded(XmlDocument(content))
    document = parse(content)
    _, events, _ = event_list(document)
    if len(events) > MOST_EVENTS:
        raise _too_many_events()
    return _bounded(read_document(document))


def _bounded(events: Iterable[tuple[str, Event | Refusal]]) -> Read:
    read: Read = []
    packages = 0
    for one in events:
        if len(read) == MOST_EVENTS:
            raise _too_many_events()
        read.append(one)
        if isinstance(one[1], Event):
            packages += _packages(one[1])
            if packages > MOST_PACKAGES:
                raise Refused.one(
                    "too_many_packages",
                    f"At most {MOST_PACKAGES:,} packages go into one document; send several.",
                )
    return read


def _packages(event: Event) -> int:
    count = len(event.epcs) + len(event.children) + (event.parent is not None)
    if isinstance(event, TransformationEvent):
        count += len(event.input_epcs) + len(event.output_epcs)
    return count


def _too_many_events() -> Refused:
    sentence = f"At most {MOST_EVENTS:,} events go into one document; send several."
    return Refused.one("too_many_events", sentence)
