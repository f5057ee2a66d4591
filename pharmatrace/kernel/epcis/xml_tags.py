"""Writing XML by hand: tags, escaped text, and foreign values of JSON shape as elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn
from xml.sax.saxutils import escape, quoteattr

from pharmatrace.kernel.epcis.contexts import DEFAULT_NAMESPACES
from pharmatrace.kernel.epcis.hash_tree import LIST_ITEMS, PAIRS
from pharmatrace.kernel.refusal import Refused

_NAME = re.compile(r"[^\W\d][\w.\-]*")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# JSON-LD needs a colon at the end, to which names are appended; XML has its namespace without.
MDA_JSON, MDA_XML = "urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda"
# Prefixes that mean the same in every document we write.
OWN_PREFIXES = {
    "epcis": "", "epcisq": "", "epcismd": "", "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsd": "http://www.w3.org/2001/XMLSchema",
}  # fmt: skip


def refuse(code: str, sentence: str, **data: Any) -> NoReturn:
    raise Refused.one(code, sentence, **data)


def text_of(value: Any) -> str:
    """Escaped text of a string, number or flag. Raises `Refused` `value_unwritable` for characters
    that XML cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _FORBIDDEN.search(text):
        refuse("value_unwritable", f"{text[:40]!r} has characters that XML cannot hold.")
    return escape(text, {"\r": "&#13;"})


def decimal_text(value: Any) -> str:
    """A number without exponent, as xsd:decimal wants it."""
    return format(Decimal(str(value)), "f")


def attribute(name: str, value: Any) -> str:
    """` name="value"`, escaped."""
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    if _FORBIDDEN.search(plain):
        refuse("value_unwritable", f"{plain[:40]!r} has characters that XML cannot hold.")
    return f" {name}={quoteattr(plain, {chr(10): '&#10;', chr(13): '&#13;', chr(9): '&#9;'})}"


def element(name: str, inner: str, attributes: str = "") -> str:
    """`<name …>inner</name>`, short when empty."""
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


class Foreign:
    """Writes extensions. `namespaces` are the prefixes of one event; `declarations` says which of
    them were used, as attributes for the element that holds all."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = namespaces
        self._used: dict[str, str] = {}

    @property
    def declarations(self) -> str:
        return "".join(
            attribute(f"xmlns:{prefix}", uri) for prefix, uri in sorted(self._used.items())
        )

    def value(self, value: Any) -> Any:
        """A text with a declared prefix in front is a prefixed name in JSON-LD: in full."""
        if isinstance(value, str):
            prefix, colon, local = value.partition(":")
            if colon and prefix in self._namespaces:
                return self._namespaces[prefix] + local
        return value

    def name(self, name: str, *, top: bool) -> str:
        """The tag of a JSON name. Raises `Refused` `name_unwritable`."""
        prefix, colon, local = name.partition(":")
        if not colon:
            if top or not _NAME.fullmatch(name):
                refuse("name_unwritable", f"{name!r} cannot be the name of an extension in XML.")
            return name
        uri = self._namespaces.get(prefix) or DEFAULT_NAMESPACES.get(prefix)
        if not uri or not _NAME.fullmatch(local) or not _NAME.fullmatch(prefix):
            refuse("name_unwritable", f"{name!r} cannot be the name of an element in XML.")
        uri = MDA_XML if uri == MDA_JSON else uri
        if top and uri.startswith("urn:epcglobal:epcis:xsd:"):
            refuse("name_unwritable", f"{name!r} is in the namespace of EPCIS itself.")
        tag = prefix
        while OWN_PREFIXES.get(tag, uri) != uri or self._used.get(tag, uri) != uri:
            tag += "0"
        self._used[tag] = uri
        return f"{tag}:{local}"

    def fields(self, fields: Mapping[str, Any], *, top: bool = True) -> str:
        """The elements of an object's members, in order."""
        return "".join(
            self._member(self.name(name, top=top), name, value)
            for name, value in fields.items()
            if value is not None and not name.startswith(("@", "#"))
        )

    def attributes(self, fields: Mapping[str, Any]) -> str:
        """The members of an object as attributes of its element."""
        return "".join(
            attribute(self.name(name, top=False), self.value(value))
            for name, value in fields.items()
            if value is not None
        )

    def _member(self, tag: str, name: str, value: Any) -> str:
        if not isinstance(value, list):
            return self._one(tag, value)
        value = [item for item in value if item is not None]
        if name in PAIRS:
            refuse("name_unwritable", f"{name} inside an extension has no form in XML.")
        if name.endswith("List") or name in LIST_ITEMS:
            # JSON-LD leaves the wrapped name out: xList [a, b] is xList with elements x in XML.
            items = "".join(self._one(LIST_ITEMS.get(name, tag[:-4]), item) for item in value)
            return element(tag, items) if items else ""
        return "".join(self._one(tag, item) for item in value)

    def _one(self, tag: str, value: Any) -> str:
        if isinstance(value, list):
            refuse("value_unwritable", f"{tag} is a list inside a list, which XML does not have.")
        if isinstance(value, Mapping):
            if "#text" in value:
                rest = {k: v for k, v in value.items() if k != "#text"}
                simple = {k: v for k, v in rest.items() if not isinstance(v, list | Mapping)}
                inner = {k: v for k, v in rest.items() if k not in simple}
                return element(
                    tag,
                    text_of(self.value(value["#text"])) + self.fields(inner, top=False),
                    self.attributes({k: v for k, v in simple.items() if not k.startswith("@")}),
                )
            return element(tag, self.fields(value, top=False))
        claimed = ""
        if isinstance(value, bool):
            claimed = ' xsi:type="xsd:boolean"'
        elif isinstance(value, int):
            claimed = ' xsi:type="xsd:integer"'
        elif isinstance(value, float):
            claimed = ' xsi:type="xsd:double"'
        return element(tag, "" if value is None else text_of(self.value(value)), claimed)
