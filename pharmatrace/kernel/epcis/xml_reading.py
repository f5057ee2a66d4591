"""EPCIS XML (2.0, 1.2 and before): strict reading in bounded memory, event by event.

The way of an event: `xml_elements` makes a tree of it, `xml_checking` holds it against the grammar
of its version, `xml_json` says the same in JSON-LD, and the reader of JSON-LD makes the event. So
one event means one thing, whichever way it came. What is wrong is refused with line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from pharmatrace.kernel.epcis.event_hash import hash_of_prehash, prehash
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_checking import EPCIS, MASTER_DATA, QUERY, Checker
from pharmatrace.kernel.epcis.xml_elements import XSI, Element, scan
from pharmatrace.kernel.epcis.xml_grammar import EVENT_NAMES
from pharmatrace.kernel.epcis.xml_header import header_of
from pharmatrace.kernel.epcis.xml_json import EventJson, Places
from pharmatrace.kernel.epcis.xml_values import XSD
from pharmatrace.kernel.refusal import Refusal, Refused

_ROOTS = {
    EPCIS: ("EPCISDocument", "EPCISCaptureJob", "EPCISException"),
    QUERY: ("EPCISQueryDocument",),
    MASTER_DATA: ("EPCISMasterDataDocument",),
}
_SINCE_2 = ("EPCISCaptureJob", "EPCISException")
_IGNORED_FIELDS = "https://repository-x.example.com/"


class XmlDocument:
    """A document being read. Iterating gives `(place, Event | Refusal)`, the place as
    `line:column`; a `Refusal` carries all faults of its event in `data["refusals"]`.

    `kind` and `version` (1 or 2) are known at once; `header` (JSON names of EPCIS 2.0 §10: see
    `xml_header`) as soon as the first event was read, and complete at the end. The first step and
    every further one raise `Refused` when the document itself is at fault: `document_invalid`,
    `xml_forbidden`, or what the grammar finds in the header.
    """

    def __init__(self, source: bytes | BinaryIO) -> None:
        self.kind = ""
        self.version = 0
        self.header: dict[str, Any] = {}
        self.namespaces: Mapping[str, str] = {}
        self._steps = scan(source)

    def __iter__(self) -> Iterator[tuple[str, Event | Refusal]]:
        for element, refusals in self._elements():
            if refusals:
                yield element.place, _as_one(refusals, element)
            else:
                yield element.place, read_event_element(element, self.version)

    def _elements(self) -> Iterator[tuple[Element, list[Refusal]]]:
        root: Element | None = None
        for name, element in self._steps:
            if name == "event":
                yield from self._events_of(element)
                continue
            if root is None:
                self._recognise(element)
            elif name == "list":
                where = {"line": element.line, "column": element.column}
                raise Refused.one("document_invalid", "There are two lists of events.", **where)
            root = element
            if name == "end":
                self._check(root)
            else:
                self._check_start(root)
            self.header = header_of(root)

    def _recognise(self, root: Element) -> None:
        for stem, names in _ROOTS.items():
            version = root.namespace.removeprefix(stem)
            known = root.name in names and root.namespace != version
            if known and version in (("2",) if root.name in _SINCE_2 else ("1", "2")):
                self.kind, self.version = root.name, int(version)
                self.namespaces = {
                    p: uri for p, uri in root.scope.items() if p and uri not in (XSD, XSI)
                }
                return
        raise _no_document(root)

    def _check_start(self, root: Element) -> None:
        """What stands before the first event is at fault now, not after a gigabyte of events."""
        checker = Checker(self.version)
        header = root.child("EPCISHeader")
        if header is not None:
            checker.check(header, "Header")
        if checker.found:
            raise Refused(checker.found)

    def _check(self, root: Element) -> None:
        checker = Checker(self.version)
        kind = "Problem" if self.kind == "EPCISException" else self.kind
        checker.check(root, kind)
        if checker.found:
            raise Refused(checker.found)

    def _events_of(self, element: Element) -> Iterator[tuple[Element, list[Refusal]]]:
        """The events in one child of an EventList: itself, or in the `extension` that 1.x puts
        newer kinds of events into."""
        checker = Checker(self.version)
        if element.name != "extension" or element.namespace:
            if element.namespace or element.name not in _known(self.version):
                checker.add("field_unknown", f"EventList has no element {element.name}.", element)
            else:
                checker.check(element, element.name)
            yield element, checker.found
            return
        if self.version == 2:
            yield element, [_unreadable(element)]
            return
        held = element.children
        checker.check_holder(element)
        if checker.found:
            yield element, checker.found
        elif held[0].name == "TransformationEvent":
            checker.check(held[0], "TransformationEvent")
            yield held[0], checker.found
        elif held[0].name == "extension":
            for event in held[0].children:
                # Outside the grammar of 1.2 (§9.1: kinds to come); the JSON-LD reader judges.
                known = not event.namespace and event.name in EVENT_NAMES
                yield event, [] if known else [_unreadable(event)]
        else:
            yield element, [_unreadable(held[0])]


def _no_document(root: Element) -> Refused:
    return Refused.one(
        "document_invalid",
        f"{root.name} in {root.namespace or 'no namespace'} is not an EPCIS document.",
        line=root.line,
        column=root.column,
    )


def _known(version: int) -> tuple[str, ...]:
    if version == 2:
        return EVENT_NAMES[:5]
    return ("ObjectEvent", "AggregationEvent", "TransactionEvent", "QuantityEvent")


def _unreadable(element: Element) -> Refusal:
    return Refusal(
        "type_unsupported",
        f"{element.name} is not an event of a kind that EPCIS 2.0 knows.",
        MappingProxyType({"line": element.line, "column": element.column}),
    )


def read_document_xml(source: bytes | BinaryIO) -> Iterator[tuple[str, Event | Refusal]]:
    """The events of an EPCIS document, query document or master data document in XML, as they
    come, each with its place (`line:column`); a `Refusal` stands where an event was refused.

    Raises `Refused`, before or after events were given, when the document itself is at fault.
    """
    return iter(XmlDocument(source))


def read_event_element(element: Element, version: int) -> Event | Refusal:
    """The event of an element that keeps to the grammar, or all that is wrong with what it says."""
    said = EventJson(element)
    try:
        return read_event(said.obj, namespaces=said.namespaces)
    except Refused as refused:
        places: Places = {}
        EventJson(element, places)
        return _as_one([_placed(r, places, element) for r in refused.refusals], element)


def _placed(refusal: Refusal, places: Places, event: Element) -> Refusal:
    """`refusal` with the line and column of the element its JSON Pointer stands for."""
    pointer = str(refusal.data.get("pointer", ""))
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    element = places.get(pointer, event)
    data = {**refusal.data, "line": element.line, "column": element.column}
    return Refusal(refusal.code, refusal.sentence, MappingProxyType(data))


def _as_one(refusals: list[Refusal], element: Element) -> Refusal:
    first = refusals[0]
    sentence = " ".join(refusal.sentence for refusal in refusals)
    data = {**first.data, "refusals": tuple(refusals)}
    return Refusal(first.code, sentence, MappingProxyType(data))


def document_prehashes_xml(source: bytes | BinaryIO) -> Iterator[str]:
    """The pre-hash string of every event in an XML document, in order (CBV 2.0 §8.9). Hashing
    asks less than reading: order and completeness of the fields are not looked at. Raises `Refused`
    `document_invalid` where no list of events is, in nothing that EPCIS knows."""
    ignore: list[str] = []
    listed = False
    for name, element in scan(source):
        listed = listed or name == "list"
        if name == "list":
            ignore = [
                _name_in(field, element)
                for holder in element.children
                if holder.namespace == _IGNORED_FIELDS and holder.name == "ignoreFields"
                for field in holder.children
            ]
        elif name == "event":
            for event in _deepest(element):
                said = EventJson(event)
                yield prehash(said.obj, said.namespaces, ignore)
        elif not listed and not any(element.namespace.startswith(stem) for stem in _ROOTS):
            raise _no_document(element)


def document_hashes_xml(source: bytes | BinaryIO) -> Iterator[str]:
    """The event hash ID of every event in an XML document, in order."""
    return map(hash_of_prehash, document_prehashes_xml(source))


def _deepest(element: Element) -> list[Element]:
    if element.name == "extension" and not element.namespace:
        return [event for child in element.children for event in _deepest(child)]
    return [element]


def _name_in(field: Element, root: Element) -> str:
    for prefix, uri in root.scope.items():
        if uri == field.namespace and prefix:
            return f"{prefix}:{field.name}"
    return field.name
