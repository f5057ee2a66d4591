"""Does an element keep to the grammar? As strict as validation with GS1's XSD, in our own code and
without building anything. Every fault is a refusal with line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pharmatrace.kernel.epcis.xml_elements import SPACE, XSI, Element
from pharmatrace.kernel.epcis.xml_grammar import GRAMMAR_1, GRAMMAR_2, Field, Kind
from pharmatrace.kernel.epcis.xml_values import CLAIMED, VALUES, XSD, fault_of
from pharmatrace.kernel.refusal import Refusal

EPCIS = "urn:epcglobal:epcis:xsd:"
QUERY = "urn:epcglobal:epcis-query:xsd:"
MASTER_DATA = "urn:epcglobal:epcis-masterdata:xsd:"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_SBDH_KINDS = frozenset(
    ["Sbdh", "Partner", "Contact", "Identification", "Manifest", "ManifestItem", "BusinessScope",
     "Scope", "Correlation", "Service", "ServiceTransaction"]
)  # fmt: skip
MAX_FAULTS = 20


class Checker:
    """Checks elements against the grammar of one version (1 or 2) and collects the faults."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._grammar: Mapping[str, Kind] = GRAMMAR_2 if version == 2 else GRAMMAR_1
        self.found: list[Refusal] = []

    def add(self, code: str, sentence: str, element: Element, **data: Any) -> None:
        """Notes a refusal at the beginning of `element`."""
        if len(self.found) < MAX_FAULTS:
            data |= {"line": element.line, "column": element.column}
            self.found.append(Refusal(code, sentence, MappingProxyType(data)))

    def check(self, element: Element, kind_name: str) -> None:
        """Checks `element` and everything in it as one of `kind_name`."""
        if kind_name in VALUES:
            self._check_simple(element, kind_name, nillable=False)
            return
        if kind_name == "QueryBody":
            self._check_query_body(element)
            return
        kind = self._grammar[kind_name]
        self._check_attributes(element, kind)
        if kind.text:
            self._check_simple(element, kind.text, nillable=kind.nillable, bare=False)
            return
        if not kind.mixed and element.text.strip(SPACE):
            self.add("value_invalid", f"{element.name} holds elements, not text.", element)
        space = SBDH if kind_name in _SBDH_KINDS else ""
        if kind.any_order:
            self._check_any_order(element, kind)
        else:
            self._check_order(element, kind, space, kind_name)

    def _check_order(self, element: Element, kind: Kind, space: str, kind_name: str) -> None:
        fields, at, count = kind.fields, 0, 0
        before = None
        for child in element.children:
            step = self._find(child, fields, at, count, space, kind_name)
            if step is None:
                if not self._is_foreign(child, kind.foreign):
                    self._unexpected(child, element, kind, at, count)
                    return
                if at < len(fields):
                    self._check_missing(element, fields, at, count)
                    at, count = len(fields), 0
                self._check_wild(child)
                continue
            field, now, now_count = step
            at, count = now, now_count
            if kind.choice and before not in (None, field.name):
                self._unexpected(child, element, kind, at, count)
            if field.name == "uom" and kind_name == "Quantity" and before != "quantity":
                self.add("field_missing", "A uom needs a quantity.", child)
            before = field.name
            self.check(child, field.kind)
        self._check_missing(element, fields, at, count)
        if not fields and kind.foreign in ("local", "other") and not element.children:
            self.add("field_missing", f"{element.name} is empty.", element)
        if kind.choice and before is None:
            self.add("field_missing", f"{element.name} is empty.", element)

    def _find(
        self, child: Element, fields: tuple[Field, ...], at: int, count: int, space: str, kind: str
    ) -> tuple[Field, int, int] | None:
        """The field that `child` is, where it stands in `fields` and how many there are now."""
        for index in range(at, len(fields)):
            field = fields[index]
            have = count if index == at else 0
            home = SBDH if field.kind == "Sbdh" else space
            if child.name == field.name and child.namespace == home:
                return (
                    None
                    if field.at_most is not None and have >= field.at_most
                    else (field, index, have + 1)
                )
            if have < field.at_least:
                return None
        return None

    def _check_missing(
        self, element: Element, fields: tuple[Field, ...], at: int, count: int
    ) -> None:
        for index in range(at, len(fields)):
            if fields[index].at_least > (count if index == at else 0):
                name = fields[index].name
                self.add("field_missing", f"{element.name} has no {name}.", element, field=name)

    def _check_any_order(self, element: Element, kind: Kind) -> None:
        kinds = {field.name: field.kind for field in kind.fields}
        for child in element.children:
            if not child.namespace and child.name in kinds:
                self.check(child, kinds[child.name])
            elif self._is_foreign(child, kind.foreign):
                self._check_wild(child)
            else:
                self._unexpected(child, element, kind, 0, 0)

    def _unexpected(
        self, child: Element, element: Element, kind: Kind, at: int, count: int
    ) -> None:
        wanted = []
        for index in range(at, len(kind.fields)):
            have = count if index == at else 0
            most = kind.fields[index].at_most
            if most is None or have < most:
                wanted.append(kind.fields[index].name)
            if have < kind.fields[index].at_least:
                break
        names = {field.name for field in kind.fields}
        if child.namespace or child.name not in names:
            code, reason = "field_unknown", f"{element.name} has no element {child.name}"
        else:
            code, reason = "field_order", f"{child.name} does not stand here in {element.name}"
        expected = f"; expected: {', '.join(wanted)}" if wanted else ""
        self.add(code, f"{reason}{expected}.", child)

    def _is_foreign(self, child: Element, allowed: str) -> bool:
        if allowed == "any":
            return True
        if allowed == "other":
            return bool(child.namespace) and child.namespace != f"{EPCIS}{self.version}"
        return allowed == "local" and not child.namespace

    def _check_wild(self, element: Element) -> None:
        """Somebody else's element: only what it claims about itself with xsi:type is checked."""
        claimed = self._claimed_type(element)
        if claimed and claimed[0] == XSD and claimed[1] in CLAIMED:
            wrong = fault_of(CLAIMED[claimed[1]], element.text)
            plain = all(attribute[0] == XSI for attribute in element.attributes)
            if wrong or element.children or not plain:
                what = wrong or "a plain value"
                self.add("value_invalid", f"{element.name} is not {what}.", element)
            return
        self._check_claim(element)
        for child in element.children:
            self._check_wild(child)

    def _claimed_type(self, element: Element) -> tuple[str, str] | None:
        claimed = element.attribute("type", XSI)
        if claimed is None:
            return None
        prefix, _, name = claimed.strip().rpartition(":")
        return element.scope.get(prefix, ""), name

    def _check_claim(self, element: Element) -> None:
        claimed = self._claimed_type(element)
        if claimed and claimed[0] != XSD and not claimed[0].startswith("urn:epcglobal:"):
            self.add("value_invalid", f"{element.name} claims a type nobody knows.", element)

    def _check_instance(self, element: Element, *, nillable: bool) -> None:
        """The attributes that belong to XML Schema itself. What cannot be nil does not even say that it is not
        (XML Schema part 1 §3.3.4, "Element Locally Valid")."""
        self._check_claim(element)
        nil = element.attribute("nil", XSI)
        if nil is not None and not nillable:
            self.add("field_type", f"{element.name} may not be nil.", element)
        elif nil is not None and fault_of("boolean", nil):
            self.add("value_invalid", f"nil of {element.name} is not true or false.", element)

    def check_holder(self, element: Element) -> None:
        """An `extension` of the EventList of 1.x: it holds one event, or again an extension."""
        self._check_attributes(element, Kind())
        if len(element.children) != 1 or element.text.strip(SPACE) or element.children[0].namespace:
            self.add("value_invalid", "This extension holds one event.", element)
        elif element.children[0].name == "extension":
            self.check(element.children[0], "Local")

    def _check_attributes(self, element: Element, kind: Kind) -> None:
        seen = set()
        if element.attributes:
            self._check_instance(element, nillable=kind.nillable)
        for space, name, value in element.attributes:
            if space == XSI:
                continue
            declared = None if space else kind.attributes.get(name)
            if declared is None:
                if not kind.open_attributes:
                    self.add("field_unknown", f"{element.name} has no attribute {name}.", element)
                continue
            seen.add(name)
            wrong = fault_of(declared[0], value)
            if wrong:
                self.add("value_invalid", f"{name} of {element.name} is not {wrong}.", element)
        for name, (_, required) in kind.attributes.items():
            if required and name not in seen:
                self.add("field_missing", f"{element.name} has no {name}.", element, field=name)

    def _check_simple(
        self, element: Element, kind: str, *, nillable: bool, bare: bool = True
    ) -> None:
        if bare and element.attributes:
            self._check_attributes(element, Kind())
        if element.children:
            child = element.children[0]
            self.add("field_unknown", f"{element.name} holds text, not {child.name}.", child)
            return
        if self._is_nil(element):
            if nillable and element.text:
                self.add("field_type", f"{element.name} may not be nil.", element)
            return
        wrong = fault_of(kind, element.text)
        if wrong:
            self.add(
                "value_invalid", f"{element.name} {element.text[:60]!r} is not {wrong}.", element
            )

    def _is_nil(self, element: Element) -> bool:
        if not element.attributes:
            return False
        return (element.attribute("nil", XSI) or "").strip() in ("true", "1")

    def _check_query_body(self, element: Element) -> None:
        self._check_attributes(element, Kind())
        if element.text.strip(SPACE):
            self.add("value_invalid", "EPCISBody of a query document holds no text.", element)
        results = [c for c in element.children if c.namespace == f"{QUERY}{self.version}"]
        if len(element.children) != 1 or not results:
            self.add("field_missing", "EPCISBody of a query document holds one message.", element)
        elif results[0].name == "QueryResults":
            self.check(results[0], "QueryResults")
