"""What master data says, in plain values (EPCIS 2.0 §9.4 and §10, CBV 2.0 §10).

Things are named by GS1 keys and described by attributes with long names; here a thing becomes a kind,
a key and the words we have a place for: a product by its GTIN, a place by its GLN, a party by its PGLN
(the same digits). Attributes keep their bare CBV names besides, for queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.normal_form import normal_uri

LONGEST_VALUE = 1_000
MOST_ATTRIBUTES = 100
_NAMESPACES = (
    "urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda#", "cbvmda:", "https://ref.gs1.org/cbv/",
    "http://ref.gs1.org/cbv/", "cbv:", "https://gs1.org/voc/", "http://gs1.org/voc/", "gs1:",
)  # fmt: skip
_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_COUNTRY = re.compile("[A-Z]{2}")
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_KEY = re.compile(rf"{re.escape(ID_STEM)}(01/\d{{14}}|414/\d{{13}}|417/\d{{13}})(?:/254/0)?")
_KINDS = {"01": "product", "414": "place", "417": "party"}

# Ours ← CBV's names, the best first (CBV 2.0 §10.2 trade items, §10.3 and §10.4 places and parties).
_PRODUCT = {
    "name": ("regulatedProductName", "functionalName", "descriptionShort", "tradeItemDescription"),
    "strength": ("strengthDescription",),
    "form": ("dosageFormType",),
    "pack_size": ("netContentDescription",),
    "manufacturer": ("manufacturerOfTradeItemPartyName",),
}
_PLACE = {
    "name": ("name", "organizationName"),
    "street": ("streetAddressOne", "streetAddress"),
    "city": ("city", "addressLocality"),
    "state": ("state", "addressRegion"),
    "postal_code": ("postalCode",),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """One vocabulary element. `uri` is in normal form. `kind` is `product`, `place`, `party`, or empty
    where its name is no key that we know how to describe; `key` the digits; `values` what is said in our
    words; `attributes` everything that is said, each a list of texts, under bare CBV names or full URIs."""

    vocabulary: str
    uri: str
    kind: str = ""
    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    attributes: Mapping[str, list[str]] = field(default_factory=dict, hash=False)
    children: tuple[str, ...] = ()


def things_in(lists: Iterable[MasterDataList]) -> Iterator[Thing]:
    """The elements of `lists`, one by one, in their order. Never raises: the lists have been read."""
    for listed in lists:
        for element in listed.elements:
            yield _thing(listed.type, element)


def attribute_name(name: str) -> str:
    """`countryCode` for every spelling of CBV's attribute; other names unchanged."""
    for start in _NAMESPACES:
        if name.startswith(start):
            return name[len(start) :]
    return name


def _thing(vocabulary: str, element: MasterDataElement) -> Thing:
    uri = _uri(element.id)
    said = _attributes(element.attributes)
    found = _KEY.fullmatch(uri)
    kind = key = ""
    if found:
        ai, _, key = found[1].partition("/")
        kind = _KINDS[ai]
        if not has_good_check_digit(key):
            kind = key = ""
    return Thing(
        vocabulary=plain_text(vocabulary),
        uri=uri,
        kind=kind,
        key=key,
        values=_values(kind, said) if kind else {},
        attributes=said,
        children=tuple(_uri(one) for one in element.children),
    )


def _uri(text: str) -> str:
    """In normal form; a class pattern (`urn:epc:idpat:sgtin:….*`) is the Digital Link of the class."""
    return plain_text(normal_uri(text.strip()))


def _attributes(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        bare = plain_text(attribute_name(name))
        if bare not in said and len(said) == MOST_ATTRIBUTES:
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | int | float) and not isinstance(one, bool):
                said.setdefault(bare, []).append(plain_text(str(one)))
            elif one is not None:
                said.setdefault(bare, [])  # an object: it has the attribute, and no plain value
    return said


def plain_text(text: str) -> str:
    """`text` as one line that can be stored and shown, of at most 1,000 characters."""
    return _UNSTORABLE.sub(" ", text).strip()[:LONGEST_VALUE]


def _values(kind: str, said: Mapping[str, list[str]]) -> dict[str, str]:
    names = _PRODUCT if kind == "product" else _PLACE
    values = {ours: text for ours, theirs in names.items() if (text := _first(said, theirs))}
    if kind == "product":
        return values | _national_code(said)
    second = _first(said, ("streetAddressTwo",))
    if second and "street" in values:
        values["street"] += f", {second}"
    country = _first(said, ("countryCode",)).upper()
    if _COUNTRY.fullmatch(country):
        values["country"] = country
    where = [_first(said, (name,)) for name in ("latitude", "longitude")]
    if kind == "place" and all(_DEGREES.fullmatch(one) for one in where):
        values["coordinates"] = ", ".join(f"{float(one):.5f}" for one in where)
    return values


def _first(said: Mapping[str, list[str]], names: Iterable[str]) -> str:
    return next((said[name][0] for name in names if said.get(name) and said[name][0]), "")


def _national_code(said: Mapping[str, list[str]]) -> dict[str, str]:
    """The US National Drug Code, where one of the additional identifications is said to be one. Of
    several the type codes stand in the same order as the numbers (CBV 2.0 §10.2)."""
    numbers = said.get("additionalTradeItemIdentification", [])
    types = said.get("additionalTradeItemIdentificationTypeCode", [])
    for number, type in zip(numbers, types, strict=False):
        if "FDA_NDC" in type and number:
            return {"ndc": number}
    return {}
