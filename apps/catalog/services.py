"""Catalog's verbs: register products and batches, stop a batch, withdraw a product."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.catalog.models import Batch, Product
from apps.parties.actor import Actor
from apps.parties.models import Site
from apps.parties.selectors import licensed
from pharmatrace.kernel.gs1.characters import is_set_82
from pharmatrace.kernel.gs1.identifiers import gtin14
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_YEARS = 15  # no medicine keeps longer; a later expiry is a slip of the keyboard


def register_product(
    *,
    actor: Actor,
    gtin: str,
    name: str,
    strength: str,
    form: str,
    pack_size: str,
    national_codes: dict[str, str],
    market: str,
    at: datetime,
) -> Product:
    """A new product of the actor's. Raises `Refused`; `data["field"]` names the field to look at."""
    _may_make(actor, at.date())
    try:
        number = gtin14(gtin)
    except Refused as refused:
        raise Refused(
            Refusal(one.code, one.sentence, {**one.data, "field": "gtin"})
            for one in refused.refusals
        ) from None
    if not name.strip():
        raise Refused.one("name_missing", "A product needs a name.", field="name")
    if len(market) != 2 or not market.isalpha():
        raise Refused.one(
            "market_unknown", "The market is a two-letter country code.", field="market"
        )
    try:
        with transaction.atomic():
            return Product.objects.create(
                manufacturer_id=actor.organisation_id,
                gtin=number,
                name=name.strip(),
                strength=strength.strip(),
                form=form.strip(),
                pack_size=pack_size.strip(),
                national_codes=national_codes,
                market=market.upper(),
                created_at=at,
            )
    except IntegrityError:
        raise Refused.one(
            "gtin_taken", f"GTIN {number} is already registered.", field="gtin"
        ) from None


def register_batch(
    *,
    actor: Actor,
    product: Product,
    lot: str,
    expiry: date,
    quantity: int,
    site: Site,
    at: datetime,
) -> Batch:
    """A new batch of one of the actor's products. Raises `Refused` with every field that is wrong."""
    _may_make(actor, at.date())
    if product.manufacturer_id != actor.organisation_id:
        raise Refused.one(
            "not_manufacturer", "This product belongs to another manufacturer.", field="product"
        )
    refusals = _wrong(actor, lot=lot, expiry=expiry, quantity=quantity, site=site, at=at)
    if refusals:
        raise Refused(refusals)
    try:
        with transaction.atomic():
            return Batch.objects.create(
                product=product, lot=lot, expiry=expiry, quantity=quantity, site=site, created_at=at
            )
    except IntegrityError:
        raise Refused.one(
            "lot_taken", f"Lot {lot} of this product is already registered.", field="lot"
        ) from None


def _wrong(
    actor: Actor, *, lot: str, expiry: date, quantity: int, site: Site, at: datetime
) -> list[Refusal]:
    found: list[tuple[str, str, str]] = []
    if not 1 <= len(lot) <= 20 or not is_set_82(lot):
        found.append(
            ("lot", "lot_characters", "A lot is 1 to 20 letters, digits or GS1 signs, no spaces.")
        )
    if expiry < at.date():
        found.append(("expiry", "expiry_past", f"{expiry} has already passed."))
    elif expiry.year > at.year + MOST_YEARS:
        found.append(("expiry", "expiry_impossible", f"{expiry} is too far away to be right."))
    if quantity <= 0:
        found.append(("quantity", "quantity_positive", "A batch has at least one pack."))
    if site.organisation_id != actor.organisation_id:
        found.append(("site", "site_not_yours", "The packaging site is not one of yours."))
    return [Refusal(code, sentence, {"field": field}) for field, code, sentence in found]


def _may_make(actor: Actor, on: date) -> None:
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    if actor.kind != "manufacturer":
        raise Refused.one("not_manufacturer", "Only manufacturers register products and batches.")
    if not licensed(actor.organisation_id, "manufacture", on):
        raise Refused.one("no_licence", f"{actor.name} has no valid licence to manufacture today.")


def recall_batch(*, batch: Batch, reason: str, at: datetime) -> None:
    """Marks a batch recalled, once. Who may, and who is told, is safety's concern."""
    _once(Batch, batch, at=at, recalled_at=at, recall_reason=reason)


def withdraw_product(*, product: Product, at: datetime) -> None:
    """Marks a product withdrawn from the market, once."""
    _once(Product, product, at=at, withdrawn_at=at)


def _once(model: Any, row: Any, *, at: datetime, **fields: Any) -> None:
    mark = next(iter(fields))
    model.objects.filter(pk=row.pk, **{f"{mark}__isnull": True}).update(**fields)
    row.refresh_from_db()
