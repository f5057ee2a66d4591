"""Rows of the products and batches templates, taken to the catalogue. What stands there already is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from apps.catalog.models import Batch, Product
from apps.catalog.services import register_batch, register_product
from apps.parties.actor import Actor
from apps.parties.models import Site
from pharmatrace.kernel.refusal import Refusal, Refused

_TEXTS = ("name", "strength", "form", "pack_size")


def register(
    record: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Literal["accepted", "repeated"]:
    """Raises Refused; its `field` is said as `column`."""
    try:
        if record["act"].lower() == "product":
            return _product(record, actor=actor, at=at)
        return _batch(record, actor=actor, at=at)
    except Refused as no:
        raise Refused(_in_columns(one) for one in no.refusals) from None


def _product(
    record: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Literal["accepted", "repeated"]:
    given: dict[str, Any] = {name: record.get(name, "") for name in _TEXTS}
    given |= {
        "market": record["market"].upper(),
        "national_codes": _codes(record.get("national_codes", "")),
    }
    there = Product.objects.filter(
        gtin=record["gtin"], manufacturer_id=actor.organisation_id
    ).first()
    if there and all(getattr(there, name) == value for name, value in given.items()):
        return "repeated"
    register_product(actor=actor, gtin=record["gtin"], at=at, **given)
    return "accepted"


def _batch(
    record: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Literal["accepted", "repeated"]:
    product = Product.objects.filter(gtin=record["gtin"]).first()
    if product is None:
        raise Refused.one(
            "product_unknown", f"No product has the GTIN {record['gtin']}.", column="gtin"
        )
    gln = record.get("site") or actor.site_gln
    site = Site.objects.filter(gln=gln).first()
    if site is None:
        raise Refused.one("site_unknown", f"No site is registered under GLN {gln}.", column="site")
    given = {
        "lot": record["lot"],
        "expiry": date.fromisoformat(record["expiry"]),
        "quantity": record["quantity"],
        "site": site,
    }
    if Batch.objects.filter(
        product=product, product__manufacturer_id=actor.organisation_id, **given
    ).exists():
        return "repeated"
    register_batch(actor=actor, product=product, at=at, **given)
    return "accepted"


def _codes(text: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for one in text.replace(";", " ").split():
        country, colon, code = one.partition(":")
        if not colon or country.upper() in codes:
            raise Refused.one(
                "national_code", f"{one!r} is not a country and its code, like PT:5678901.",
                column="national_codes",
            )  # fmt: skip
        codes[country.upper()] = code
    return codes


def _in_columns(refusal: Refusal) -> Refusal:
    data = dict(refusal.data)
    if "field" in data:
        data["column"] = data.pop("field")
    return Refusal(refusal.code, refusal.sentence, data)
