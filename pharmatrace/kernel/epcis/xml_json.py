"""An EPCIS XML element as the JSON-LD object that says the same (EPCIS 2.0 §10): wrapped lists
become lists, CBV URIs bare words, foreign elements prefixed names. With `places`, it notes which
JSON Pointer came from which element.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pharmatrace.kernel.epcis.hash_values import number_text
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    CBV,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    GS1_VOC,
    MEASUREMENT_TYPE,
    SENSOR_EXCEPTION,
    SOURCE_DESTINATION_TYPE,
    Vocabulary,
)
from pharmatrace.kernel.epcis.xml_elements import XSI, Element
from pharmatrace.kernel.epcis.xml_values import XSD

_LISTS = {
    "epcList": "epc", "childEPCs": "epc", "inputEPCList": "epc", "outputEPCList": "epc",
}  # fmt: skip
_QUANTITIES = frozenset(
    ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"]
)
_PAIRS: dict[str, tuple[str, Vocabulary]] = {
    "bizTransactionList": ("bizTransaction", BIZ_TRANSACTION_TYPE),
    "sourceList": ("source", SOURCE_DESTINATION_TYPE),
    "destinationList": ("destination", SOURCE_DESTINATION_TYPE),
}
_WORDS = {
    "bizStep": BIZ_STEP, "disposition": DISPOSITION, "set": DISPOSITION, "unset": DISPOSITION,
    "reason": ERROR_REASON, "component": COMPONENT, "exception": SENSOR_EXCEPTION,
}  # fmt: skip
# Optional in the schema, and a URI or a text: an empty one is as if it were not there (EPCIS 2.0, XML
# schema for core event types).
_MAY_BE_EMPTY = frozenset(
    [
        "bizStep",
        "disposition",
        "parentID",
        "transformationID",
        "eventID",
        "certificationInfo",
        "reason",
    ]
)
_NUMBERS = frozenset(
    ["value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"]
)
_WHOLE = re.compile(r"[+-]?\d{1,300}", re.ASCII)
_REAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*")  # JSON-LD names begin like URIs
_WRAPPERS = ("extension", "baseExtension")
# GS1's own 1.2 example writes it so (XSL/1.2/XML/AssociationEvent.xml).
_MISSPELLED = {"sensorMetaData": "sensorMetadata"}

Places = dict[str, Element]


def number(text: str) -> int | float | str:
    """A decimal text as a JSON number; text that JSON cannot hold (INF, 1e999) stays text."""
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        value = float(text)
        if value not in (float("inf"), float("-inf")):
            return value
    return text


class EventJson:
    """Makes one JSON object of one event element. `namespaces` are the prefixes its names use.

    A value like `example:x` is a URI in XML, but in JSON-LD a prefixed name if the prefix is
    declared. Where a value begins like a prefix that names need, that prefix is renamed.
    """

    def __init__(
        self, element: Element, places: Places | None = None, *, wild: bool = False
    ) -> None:
        self._places = places
        make = self._wild if wild else self._event
        self._prefixes: dict[str, str] = {}
        self.namespaces: dict[str, str] = {}
        self._taken: set[str] = set()
        self.obj = make(element)
        if self.namespaces:
            taken = {prefix for prefix in self.namespaces if _begins(self.obj, f"{prefix}:")}
            if taken:
                self._prefixes, self.namespaces, self._taken = {}, {}, taken
                self.obj = make(element)

    def _note(self, pointer: str, element: Element) -> None:
        if self._places is not None:
            self._places[pointer] = element

    def _wild(self, element: Element) -> dict[str, Any]:
        obj: dict[str, Any] = {}
        for child in element.children:
            self._foreign(child, obj, "")
        return obj

    def _event(self, element: Element) -> dict[str, Any]:
        obj: dict[str, Any] = {"type": element.name}
        self._note("", element)
        if element.name == "QuantityEvent":  # deprecated since 1.1: an OBSERVE of a quantity
            obj |= {"type": "ObjectEvent", "action": "OBSERVE", "quantityList": [{}]}
        self._fields(element, obj, "")
        self._own_attributes(element, obj)
        return obj

    def _fields(self, element: Element, obj: dict[str, Any], pointer: str) -> None:
        for child in element.children:
            name = _MISSPELLED.get(child.name, child.name)
            if child.namespace:
                self._foreign(child, obj, pointer)
            elif name in _WRAPPERS:
                self._fields(child, obj, pointer)
            elif element.name == "QuantityEvent" and name in ("epcClass", "quantity"):
                text = child.text.strip()
                obj["quantityList"][0][name] = number(text) if name == "quantity" else text
                self._note(f"/quantityList/0/{name}", child)
            elif name not in _MAY_BE_EMPTY or child.children or child.text.strip():
                where = f"{pointer}/{name}"
                self._note(where, child)
                obj[name] = self._field(child, name, where)

    def _field(self, element: Element, name: str, where: str) -> Any:
        if name in _LISTS:
            return self._texts(element, where)
        if name in _QUANTITIES:
            return [self._quantity(e, f"{where}/{i}") for i, e in enumerate(element.children)]
        if name in _PAIRS:
            member, words = _PAIRS[name]
            return [
                self._pair(e, member, words, f"{where}/{i}") for i, e in enumerate(element.children)
            ]
        if name in ("readPoint", "bizLocation"):
            obj: dict[str, Any] = {}
            self._fields(element, obj, where)
            return obj
        if name == "ilmd":
            obj = {}
            self._fields_of_master_data(element, obj, where)
            return obj
        if name == "errorDeclaration":
            obj = {}
            self._fields(element, obj, where)
            self._own_attributes(element, obj)
            return obj
        if name == "correctiveEventIDs":
            return self._texts(element, where)
        if name == "persistentDisposition":
            return self._dispositions(element, where)
        if name == "sensorElementList":
            return self._sensors(element, where)
        if element.children:
            return self._value(element, where)
        text = element.text.strip()
        return _long(_WORDS[name].bare(text) if name in _WORDS else text)

    def _texts(self, element: Element, where: str) -> list[str]:
        if self._places is not None:
            for index, child in enumerate(element.children):
                self._note(f"{where}/{index}", child)
        return [child.text.strip() for child in element.children]

    def _quantity(self, element: Element, where: str) -> dict[str, Any]:
        self._note(where, element)
        obj: dict[str, Any] = {}
        for child in element.children:
            self._note(f"{where}/{child.name}", child)
            text = child.text.strip()
            if child.namespace:
                self._foreign(child, obj, where)
            elif child.name == "uom" and not text:
                continue  # as if it were not there
            elif child.name != "quantity":
                obj[child.name] = text
            elif text or not child.attribute("nil", XSI):
                obj["quantity"] = number(text)
        return obj

    def _pair(self, element: Element, member: str, words: Vocabulary, where: str) -> dict[str, Any]:
        self._note(where, element)
        kind = (element.attribute("type") or "").strip()
        obj = {"type": _long(words.bare(kind))} if kind else {}
        obj[member] = element.text.strip()
        return obj

    def _dispositions(self, element: Element, where: str) -> dict[str, list[str]]:
        obj: dict[str, list[str]] = {}
        for child in element.children:
            words = obj.setdefault(child.name, [])
            self._note(f"{where}/{child.name}/{len(words)}", child)
            words.append(_long(DISPOSITION.bare(child.text.strip())))
        return obj

    def _sensors(self, element: Element, where: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for child in element.children:
            if child.name != "sensorElement":
                continue
            spot = f"{where}/{len(found)}"
            self._note(spot, child)
            obj: dict[str, Any] = {}
            for part in child.children:
                name = _MISSPELLED.get(part.name, part.name)
                if part.namespace:
                    self._foreign(part, obj, spot)
                elif name == "sensorReport":
                    reports = obj.setdefault(name, [])
                    reports.append(self._measured(part, f"{spot}/{name}/{len(reports)}", True))
                elif name == "sensorMetadata":
                    obj[name] = self._measured(part, f"{spot}/{name}", False)
                else:
                    self._fields(part, obj, spot)
            found.append(obj)
        return found

    def _measured(self, element: Element, where: str, report: bool) -> dict[str, Any]:
        self._note(where, element)
        obj: dict[str, Any] = {}
        for space, name, value in element.attributes:
            if space == XSI or not (space or value):
                continue  # all of EPCIS's own are optional
            value = value.strip() if name != "stringValue" else value
            if space:
                obj[self._name(space, name, element)] = _long(value)
            elif report and name in _NUMBERS:
                obj[name] = number(value)
            elif report and name == "booleanValue":
                obj[name] = {"true": True, "1": True, "false": False, "0": False}.get(value, value)
            elif report and name == "type":
                obj[name] = _long(MEASUREMENT_TYPE.bare(value))
            elif report and name in _WORDS:
                obj[name] = _long(_WORDS[name].bare(value))
            else:
                obj[name] = _long(value)
        return obj

    def _fields_of_master_data(self, element: Element, obj: dict[str, Any], where: str) -> None:
        for child in element.children:
            if not child.namespace and child.name in _WRAPPERS:
                self._fields_of_master_data(child, obj, where)
            else:
                self._foreign(child, obj, where)
        self._own_attributes(element, obj)

    def _own_attributes(self, element: Element, obj: dict[str, Any]) -> None:
        for space, name, value in element.attributes:
            if space and space != XSI:
                obj.setdefault(self._name(space, name, element), _long(value))

    def _name(self, namespace: str, local: str, element: Element) -> str:
        if not namespace:
            return local
        prefix = self._prefixes.get(namespace)
        if prefix is None:
            prefix = self._new_prefix(namespace, element)
            self._prefixes[namespace] = prefix
            self.namespaces[prefix] = namespace
        return f"{prefix}:{local}"

    def _new_prefix(self, namespace: str, element: Element) -> str:
        """The document's own prefix if it can be had, else `ns1`, `ns2`, …"""
        for prefix, uri in element.scope.items():
            free = _PREFIX.fullmatch(prefix) and prefix not in self._taken
            if free and uri == namespace == self.namespaces.get(prefix, uri):
                return prefix
        count = 1
        while f"ns{count}" in self.namespaces or f"ns{count}" in self._taken:
            count += 1
        return f"ns{count}"

    def _foreign(self, element: Element, obj: dict[str, Any], pointer: str) -> None:
        name = self._name(element.namespace, element.name, element)
        where = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        self._note(where, element)
        value = self._value(element, where)
        if name not in obj:
            obj[name] = value
        elif isinstance(obj[name], list):
            obj[name].append(value)
        else:
            obj[name] = [obj[name], value]

    def _value(self, element: Element, where: str) -> Any:
        text = _long(element.text.strip())
        attributes = [a for a in element.attributes if a[0] != XSI]
        if not element.children and not attributes:
            return _typed(text, element)
        obj: dict[str, Any] = {}
        if text:
            obj["#text"] = text
        for space, name, value in attributes:
            obj[self._name(space, name, element)] = _long(value)
        for child in element.children:
            self._foreign(child, obj, where)
        return obj


def _typed(text: str, element: Element) -> Any:
    """The JSON value of an extension whose xsi:type says that it is not a text."""
    claimed = element.attribute("type", XSI)
    if not claimed:
        return text
    prefix, _, name = claimed.strip().rpartition(":")
    if element.scope.get(prefix) != XSD:
        return text
    if name == "boolean" and text in ("true", "false"):
        return text == "true"
    if name in ("integer", "int", "long") and _WHOLE.fullmatch(text):
        return int(text)
    if name in ("double", "float", "decimal") and _REAL.fullmatch(text):
        value = float(text)
        if number_text(str(value)) == number_text(text):
            return value
    return text


def _long(text: str) -> str:
    """GS1's own prefixed names in full, known or not: `gs1:` and `cbv:` need no declaration, and
    event hashes want them in full wherever they stand."""
    for prefix, uri in (("gs1:", GS1_VOC), ("cbv:", CBV)):
        if text.startswith(prefix):
            return uri + text[len(prefix) :]
    return text


def _begins(value: Any, start: str) -> bool:
    if isinstance(value, str):
        return value.startswith(start)
    if isinstance(value, Mapping):
        return any(_begins(inner, start) for inner in value.values())
    return isinstance(value, list) and any(_begins(inner, start) for inner in value)
