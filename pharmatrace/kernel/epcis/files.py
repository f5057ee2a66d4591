"""EPCIS files of every form: which one it is, and the reader and writer for it.

XML is checked and hashed as a stream; its modules are loaded when an XML file is met.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pharmatrace.kernel.epcis.documents import check_document, read_whole
from pharmatrace.kernel.epcis.event_hash import document_prehashes
from pharmatrace.kernel.epcis.jsonld import parse
from pharmatrace.kernel.epcis.jsonld_writing import write_whole
from pharmatrace.kernel.epcis.model import Document, Event
from pharmatrace.kernel.refusal import Refusal, Refused

FORMS = ("json", "xml", "xml12")


def is_xml(path: Path) -> bool:
    """Whether the first sign in the file is `<`, in whatever encoding XML may have (XML 1.0 §F)."""
    with path.open("rb") as file:
        start = file.read(1024)
    return start.translate(None, b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def faults_of(path: Path) -> Iterator[Refusal]:
    """Everything that is wrong with a file, each with `pointer`, or `line` and `column`."""
    if not is_xml(path):
        yield from check_document(path.read_bytes())
        return
    from pharmatrace.kernel.epcis.xml_reading import read_document_xml

    try:
        with path.open("rb") as file:
            for _, found in read_document_xml(file):
                if isinstance(found, Refusal):
                    yield from found.data.get("refusals", (found,))
    except Refused as refused:
        yield from refused.refusals


def prehashes_of(path: Path) -> Iterator[str]:
    """The pre-hash string of each event in a file, in order. Raises `Refused`."""
    if not is_xml(path):
        yield from document_prehashes(parse(path.read_bytes()))
        return
    from pharmatrace.kernel.epcis.xml_reading import document_prehashes_xml

    with path.open("rb") as file:
        yield from document_prehashes_xml(file)


def read_file(path: Path) -> Document:
    """A file with everything in it. Raises `Refused` with all faults of all events."""
    return _read_xml(path) if is_xml(path) else read_whole(path.read_bytes())


def _read_xml(path: Path) -> Document:
    from pharmatrace.kernel.epcis.xml_document import around_events
    from pharmatrace.kernel.epcis.xml_reading import XmlDocument

    events: list[Event] = []
    faults: list[Refusal] = []
    with path.open("rb") as file:
        document = XmlDocument(file)
        for _, found in document:
            if isinstance(found, Refusal):
                faults += found.data.get("refusals", (found,))
            else:
                events.append(found)
    if faults:
        raise Refused(faults)
    return replace(around_events(document), events=tuple(events))


def write_file(document: Document, form: str, *, created_at: datetime) -> bytes:
    """`document` as `json`, `xml` (2.0) or `xml12`. `created_at` is the date of a document without
    one. Raises `Refused` where XML has no place for what an event says."""
    if form == "json":
        text = json.dumps(write_whole(document, created_at), ensure_ascii=False, indent=2)
        return text.encode() + b"\n"
    from pharmatrace.kernel.epcis.xml_writing import write_whole_xml

    version = "2.0" if form == "xml" else "1.2"
    return write_whole_xml(document, version=version, created_at=created_at)
