"""One event as EPCIS XML 2.0 or 1.2, its fields in the order of the grammar.

What 1.2 knows only in extensions goes there (§9.1 of EPCIS 1.2); what it cannot carry is refused by
name. CBV words become the URNs XML has always used; 1.2 wants EPC URNs too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.epcis.model import EVENT_KINDS, Event
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT_TYPE,
    SENSOR_EXCEPTION,
    SOURCE_DESTINATION_TYPE,
    Vocabulary,
)
from pharmatrace.kernel.epcis.xml_grammar import GRAMMAR_1, GRAMMAR_2
from pharmatrace.kernel.epcis.xml_tags import (
    Foreign,
    attribute,
    decimal_text,
    element,
    refuse,
    text_of,
)
from pharmatrace.kernel.epcis.xml_values import fault_of

_URN = "urn:epcglobal:cbv:"
_WORDS: dict[str, tuple[Vocabulary, str]] = {
    "bizStep": (BIZ_STEP, f"{_URN}bizstep:"),
    "disposition": (DISPOSITION, f"{_URN}disp:"),
    "set": (DISPOSITION, f"{_URN}disp:"),
    "unset": (DISPOSITION, f"{_URN}disp:"),
    "reason": (ERROR_REASON, f"{_URN}er:"),
    "bizTransaction": (BIZ_TRANSACTION_TYPE, f"{_URN}btt:"),
    "source": (SOURCE_DESTINATION_TYPE, f"{_URN}sdt:"),
    "destination": (SOURCE_DESTINATION_TYPE, f"{_URN}sdt:"),
}
_REPORTED: dict[str, Vocabulary] = {
    "type": MEASUREMENT_TYPE, "exception": SENSOR_EXCEPTION, "component": COMPONENT,
}  # fmt: skip
_MEMBERS = {
    "Transactions": "bizTransaction", "Sources": "source", "Destinations": "destination",
}  # fmt: skip
# A key that ends in `extension` below says where 1.2 keeps the fields of 2.0.
_NESTED_1 = {
    "ObjectEvent": "ObjectExtension",
    "AggregationEvent": "AggregationExtension",
    "TransactionEvent": "TransactionExtension",
}
_NEEDED_1 = {
    "ObjectEvent": "epcList",
    "AggregationEvent": "childEPCs",
    "TransactionEvent": "epcList",
}
_KEYS = frozenset(["parentID", "transformationID"])

ToUrn = Callable[[str], str]


def _checked(uri: str) -> str:
    """`uri`, unless it is none to XML Schema: JSON-LD readers may be more patient."""
    if fault_of("uri", uri):
        refuse("value_unwritable", f"{uri[:80]!r} is not a URI.")
    return uri


class EventWriter:
    """Writes events for one version, `2.0` or `1.2`; `to_urn` respells a GS1 Digital Link URI for
    1.2 and raises `Refused` when it cannot know the company prefix. CBV words are written as URNs,
    which every version has, or with `web_words` as the web URIs that 2.0 has too (CBV 2.0 §7)."""

    def __init__(self, version: str, to_urn: ToUrn, *, web_words: bool = False) -> None:
        if web_words and version == "1.2":
            raise ValueError("CBV 1.2 knows no web URIs")
        self.version = version
        self._web_words = web_words
        self._uri: ToUrn = to_urn if version == "1.2" else str
        self._foreign = Foreign({})

    def write(self, event: Event) -> str:
        """The element of `event`. Raises `Refused`: `version_cannot_carry` with `field`,
        `value_unwritable`, `name_unwritable`, and what `to_urn` raises."""
        if event.type not in EVENT_KINDS:
            refuse(
                "version_cannot_carry", f"EPCIS XML has no event type {event.type}.", field="type"
            )
        obj = write_event(event)
        self._foreign = Foreign(event.namespaces)
        extensions = {name: obj.pop(name) for name in event.extensions}
        inner = self._version_1(event.type, obj) if self.version == "1.2" else self._fields(
            event.type, GRAMMAR_2[event.type].fields, obj
        )  # fmt: skip
        inner += self._foreign.fields(extensions)
        written = element(event.type, inner, self._foreign.declarations)
        if self.version == "1.2" and event.type == "TransformationEvent":
            return f"<extension>{written}</extension>"
        return written

    def _version_1(self, kind: str, obj: dict[str, Any]) -> str:
        for name in ("sensorElementList", "persistentDisposition", "certificationInfo"):
            if name in obj:
                refuse("version_cannot_carry", f"EPCIS 1.2 has no {name}.", field=name)
        if kind == "AssociationEvent":
            refuse("version_cannot_carry", "EPCIS 1.2 has no AssociationEvent.", field="type")
        base = {name: obj.pop(name) for name in ("eventID", "errorDeclaration") if name in obj}
        if base:
            obj["baseExtension"] = base
        nested = _NESTED_1.get(kind)
        if nested:
            names = [field.name for field in GRAMMAR_1[nested].fields]
            inner = {name: obj.pop(name) for name in names if name in obj}
            if inner:
                obj["extension"] = inner
            obj.setdefault(_NEEDED_1[kind], [])
        return self._fields(kind, GRAMMAR_1[kind].fields, obj)

    def _fields(self, kind: str, fields: Any, obj: Mapping[str, Any]) -> str:
        known = {field.name for field in fields}
        for name in obj:
            if name not in known and name not in ("type", "@context"):
                refuse(
                    "version_cannot_carry",
                    f"{kind} of EPCIS {self.version} has no {name}.",
                    field=name,
                )
        return "".join(
            self._field(field.name, field.kind, obj[field.name])
            for field in fields
            if field.name in obj
        )

    def _field(self, name: str, kind: str, value: Any) -> str:
        if kind == "EPCs":
            return element(name, "".join(self._simple("epc", v, key=True) for v in value))
        if kind == "Quantities":
            return element(name, "".join(map(self._quantity, value)))
        if kind in _MEMBERS:
            return element(name, "".join(self._pair(_MEMBERS[kind], v) for v in value))
        if kind == "Place":
            rest = {k: v for k, v in value.items() if k != "id"}
            place = self._simple("id", value["id"], key=True)
            return element(name, place + self._foreign.fields(rest))
        if kind == "PersistentDisposition":
            words = ((w, v) for w in ("unset", "set") for v in value.get(w, ()))
            return element(name, "".join(self._word(w, v) for w, v in words))
        if kind == "SensorElements":
            return element(name, "".join(map(self._sensor_element, value)))
        if kind == "Ilmd":
            inner = self._foreign.fields(value)
            if not inner:
                refuse("value_unwritable", "ilmd holds nothing but empty lists.")
            return element(name, inner)
        if kind == "ErrorDeclaration":
            return element(name, self._declaration(value))
        if kind == "EventExtension" or kind in _NESTED_1.values():
            return element(name, self._fields(kind, GRAMMAR_1[kind].fields, value))
        if isinstance(value, list):
            if len(value) == 1:
                return self._simple(name, _checked(self._foreign.value(value[0])))
            refuse("version_cannot_carry", f"{name} can stand only once in EPCIS XML.", field=name)
        if name in _WORDS:
            return self._word(name, value)
        if name in _KEYS:
            return self._simple(name, value, key=True)
        return self._simple(name, _checked(self._foreign.value(value)) if kind == "uri" else value)

    def _simple(self, name: str, value: Any, *, key: bool = False) -> str:
        value = self._foreign.value(value)
        return element(name, text_of(_checked(self._uri(value)) if key else value))

    def _in_full(self, name: str, word: str) -> str:
        words, urn = _WORDS[name]
        start = words.web if self._web_words else urn
        return start + word if word in words.words else _checked(str(self._foreign.value(word)))

    def _word(self, name: str, word: str) -> str:
        return element(name, text_of(self._in_full(name, word)))

    def _quantity(self, value: Mapping[str, Any]) -> str:
        inner = self._simple("epcClass", value["epcClass"], key=True)
        if "quantity" in value:
            inner += element("quantity", decimal_text(value["quantity"]))
            if "uom" in value:
                inner += self._simple("uom", value["uom"])
        elif "uom" in value:
            refuse("version_cannot_carry", "In XML a uom needs a quantity.", field="uom")
        return element("quantityElement", inner)

    def _pair(self, member: str, value: Mapping[str, Any]) -> str:
        kind = value.get("type")
        attributes = attribute("type", self._in_full(member, kind)) if kind else ""
        uri = _checked(self._uri(str(self._foreign.value(value[member]))))
        return element(member, text_of(uri), attributes)

    def _sensor_element(self, value: Mapping[str, Any]) -> str:
        rest = {k: v for k, v in value.items() if k not in ("sensorMetadata", "sensorReport")}
        inner = ""
        if "sensorMetadata" in value:
            inner += element("sensorMetadata", "", self._measured(value["sensorMetadata"]))
        for report in value["sensorReport"]:
            inner += element("sensorReport", "", self._measured(report))
        return element("sensorElement", inner + self._foreign.fields(rest))

    def _measured(self, value: Mapping[str, Any]) -> str:
        parts = []
        for name, one in value.items():
            if isinstance(one, list | Mapping):
                refuse(
                    "version_cannot_carry", f"{name} is an attribute in XML: one text.", field=name
                )
            if ":" in name:
                parts.append(self._foreign.attributes({name: one}))
            elif name in _REPORTED and isinstance(one, str):
                full = _REPORTED[name].web_uri(str(self._foreign.value(one)))
                parts.append(attribute(name, full))
            else:
                parts.append(attribute(name, self._foreign.value(one)))
        return "".join(parts)

    def _declaration(self, value: Mapping[str, Any]) -> str:
        inner = self._simple("declarationTime", value["declarationTime"])
        if "reason" in value:
            inner += self._word("reason", value["reason"])
        events = value.get("correctiveEventIDs")
        if events:
            inner += element(
                "correctiveEventIDs", "".join(self._simple("correctiveEventID", v) for v in events)
            )
        own = ("declarationTime", "reason", "correctiveEventIDs")
        return inner + self._foreign.fields({k: v for k, v in value.items() if k not in own})
