"""EPCIS documents as lines: XML event by event in bounded memory, JSON whole within a stated size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from apps.exchange.intake.lines import Line, refused
from apps.exchange.reading import reasons_of
from pharmatrace.kernel.epcis.jsonld import event_list, parse, read_event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument
from pharmatrace.kernel.refusal import Refusal, Refused


def json_lines(path: Path) -> Iterator[Line]:
    """Raises Refused where the document is no EPCIS, or larger than CAPTURE_MAX_MEMORY_SIZE."""
    most = int(settings.CAPTURE_MAX_MEMORY_SIZE)
    if path.stat().st_size > most:
        raise Refused.one(
            "file_too_large",
            f"JSON is read in one piece, at most {most:,} octets; send larger files as XML.",
            most=most,
        )
    start, events, namespaces = event_list(parse(path.read_bytes()))
    for index, obj in enumerate(events):
        pointer = f"{start}/{index}" if start is not None else ""
        try:
            event = read_event(obj, pointer=pointer, namespaces=namespaces)
        except Refused as no:
            yield refused(no.refusals, place=pointer)
        else:
            yield Line(pointer, event=event)


def xml_lines(path: Path) -> Iterator[Line]:
    """Raises Refused, before or after lines were given, where the document itself is at fault."""
    with path.open("rb") as file:
        for place, one in XmlDocument(file):
            if isinstance(one, Refusal):
                yield refused(reasons_of(one), place=place)
            else:
                yield Line(place, event=one)
