"""An EPCIS file in another form. XML is converted as a stream, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from pharmatrace.kernel.epcis.documents import read_whole
from pharmatrace.kernel.epcis.files import is_xml, read_file, write_file
from pharmatrace.kernel.epcis.json_stream import JsonWriter
from pharmatrace.kernel.epcis.jsonld import event_list, parse
from pharmatrace.kernel.epcis.model import Document, Event
from pharmatrace.kernel.epcis.xml_writing import XmlWriter, options_of
from pharmatrace.kernel.refusal import Refusal, Refused


def convert(path: Path, form: str, target: BinaryIO, *, created_at: datetime) -> Iterator[Refusal]:
    """Writes the file at `path` to `target` as `json`, `xml` (2.0) or `xml12`, and gives what is wrong
    with it or has no place in that form, each with its place. Only where nothing is given is `target`
    the whole document. `created_at` is the date of a document without one."""
    if is_xml(path):
        yield from _convert_stream(path, form, target, created_at)
        return
    try:
        if form == "json":
            target.write(write_file(read_file(path), form, created_at=created_at))
        else:
            yield from _convert_json(parse(path.read_bytes()), form, target, created_at)
    except Refused as refused:
        yield from refused.refusals


def _convert_json(
    value: Any, form: str, target: BinaryIO, created_at: datetime
) -> Iterator[Refusal]:
    document, start = read_whole(value), event_list(value)[0]
    with _writer(target, document, form, bool(document.events), created_at) as writer:
        for index, event in enumerate(document.events):
            pointer = "" if start is None else f"{start}/{index}"
            yield from _written(writer, event, {"pointer": pointer})


def _convert_stream(
    path: Path, form: str, target: BinaryIO, created_at: datetime
) -> Iterator[Refusal]:
    from pharmatrace.kernel.epcis.xml_document import around_events
    from pharmatrace.kernel.epcis.xml_reading import XmlDocument

    try:
        with path.open("rb") as file:
            document = XmlDocument(file)
            steps = iter(document)
            first = list(islice(steps, 1))  # what stands before the events is known with the first
            with _writer(target, around_events(document), form, bool(first), created_at) as writer:
                for place, found in chain(first, steps):
                    if isinstance(found, Refusal):
                        yield from found.data.get("refusals", (found,))
                    else:
                        line, _, column = place.partition(":")
                        where = {"line": int(line), "column": int(column)}
                        yield from _written(writer, found, where)
    except Refused as refused:
        yield from refused.refusals


def _writer(
    target: BinaryIO, around: Document, form: str, has_events: bool, created_at: datetime
) -> JsonWriter | XmlWriter:
    if form == "json":
        return JsonWriter(target, around, created_at=created_at)
    options = options_of(around, has_events=has_events, created_at=created_at)
    return XmlWriter(target, version="2.0" if form == "xml" else "1.2", **options)


def _written(
    writer: JsonWriter | XmlWriter, event: Event, where: Mapping[str, Any]
) -> Iterator[Refusal]:
    """Writes one event, or gives what the form has no place for, with the place of the event."""
    try:
        writer.write(event)
    except Refused as refused:
        for one in refused.refusals:
            yield Refusal(one.code, one.sentence, MappingProxyType({**one.data, **where}))
