"""HASATTR and EQATTR: events by what master data says of the things they name (EPCIS 2.0 §8.2.7.1).

The master data is what is registered here: sites (`414/`), organisations (`417/`), products (`01/`) and
their batches (`01/…/10/…`), under the attribute names of CBV 2.0 §9.
"""

from __future__ import annotations

import re
from typing import Any

from apps.exchange.query.conditions import OnDocument
from apps.exchange.query.extensions import FieldName, keys_sql
from apps.exchange.query.given import Given
from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.gs1.identifiers import ID_STEM

# Standard fields whose values may have master data, as JSON paths to the values.
FIELDS = {
    "readPoint": ("$.readPoint.id",),
    "bizLocation": ("$.bizLocation.id",),
    "source": ("$.sourceList[*].source",),
    "destination": ("$.destinationList[*].destination",),
    "epcClass": tuple(
        f"$.{name}[*].epcClass"
        for name in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
    ),
}
_STARTS = ("urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda#", "https://ref.gs1.org/cbv/mda/")
# Which row of ours belongs to a value `v.text`, and its attributes.
_TABLES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "parties_site s WHERE starts_with(v.text, '{stem}414/') AND s.gln = substr(v.text, {at} + 4, 13)"
        " AND (length(v.text) = {at} + 16 OR substr(v.text, {at} + 17, 1) = '/')",
        {"name": "s.name", "city": "s.city", "countryCode": "s.country"},
    ),
    (
        "parties_organisation o WHERE v.text = '{stem}417/' || o.gln",
        {"name": "o.name", "countryCode": "o.country"},
    ),
    (
        "catalog_product p JOIN parties_organisation o ON o.id = p.manufacturer_id"
        " WHERE starts_with(v.text, '{stem}01/') AND p.gtin = substr(v.text, {at} + 3, 14)",
        {
            "regulatedProductName": "p.name",
            "strengthDescription": "p.strength",
            "dosageFormType": "p.form",
            "netContentDescription": "p.pack_size",
            "manufacturerOfTradeItemPartyName": "o.name",
        },
    ),
    (
        "catalog_batch b JOIN catalog_product p ON p.id = b.product_id"
        " WHERE starts_with(v.text, '{stem}01/') AND p.gtin = substr(v.text, {at} + 3, 14)"
        " AND substr(v.text, {at} + 17) = '/10/' || b.lot",
        {"lotNumber": "b.lot", "itemExpirationDate": "b.expiry::text"},
    ),
)


def has_attribute(given: Given, found: re.Match[str]) -> OnDocument:
    """HASATTR_readPoint: the names of attributes, one of which the thing must have."""
    names = given.words(_attribute)
    return _exists(given, found[1], [(name, None) for name in names])


def attribute_equals(given: Given, found: re.Match[str]) -> OnDocument:
    """EQATTR_readPoint_city: the field and the attribute are in the name, parted by the last `_`."""
    field, _, name = found[1].rpartition("_")
    if not field or not name:
        raise wrong(given.name, "names a field and an attribute, such as EQATTR_bizLocation_city")
    return _exists(given, field, [(_attribute(given.expanded(name)), given.texts())])


def _attribute(name: str) -> str:
    for start in _STARTS:
        name = name.removeprefix(start)
    return name


def _exists(given: Given, field: str, attributes: list[tuple[str, list[str] | None]]) -> OnDocument:
    source, params = _values(given, field)
    tests, values = [], []
    for rows, columns in _TABLES:
        for name, asked in attributes:
            if name not in columns:
                continue
            test = f"{columns[name]} <> ''" if asked is None else f"{columns[name]} = ANY(%s)"
            where = rows.replace("{stem}", ID_STEM).replace("{at}", str(len(ID_STEM) + 1))
            tests.append(f"EXISTS (SELECT 1 FROM {where} AND {test})")
            values += [asked] if asked is not None else []
    if not tests:  # nothing of ours has such an attribute
        return OnDocument("false")
    return OnDocument(
        f"EXISTS (SELECT 1 FROM ({source}) v WHERE {' OR '.join(tests)})", [*params, *values]
    )


def _values(given: Given, field: str) -> tuple[str, list[Any]]:
    """A query for `text`, the values of the field."""
    if field in FIELDS:
        one = (
            "SELECT value #>> '{}' AS text FROM jsonb_path_query({document}, %s::jsonpath, '{}', true)"
            " f(value)"
        )
        return " UNION ALL ".join([one] * len(FIELDS[field])), list(FIELDS[field])
    if ":" not in field:
        raise wrong(
            given.name, f"asks about one of {', '.join(FIELDS)}, or the full name of a field"
        )
    keys, params = keys_sql(FieldName.read(given, field))
    return (
        "SELECT one #>> '{}' AS text FROM jsonb_each({document}) f,"
        f" jsonb_path_query(f.value, 'lax $[*]') one WHERE f.key = ANY({keys})"
    ), params
