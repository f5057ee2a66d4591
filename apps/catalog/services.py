"""What a manufacturer makes: products and their batches. Every refusal names its `field`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from apps.catalog.checking import checked_expiry, checked_gtin, checked_lot, checked_quantity
from apps.catalog.models import Batch, Product
from apps.parties.actor import Actor
from apps.parties.checking import checked_country, checked_text
from apps.parties.models import Licence, Organisation, Site
from apps.parties.selectors import licensed
from pharmatrace.kernel.refusal import Refusal, Refused

_NATIONAL_CODE = re.compile(r"[A-Z]{2}")


@transaction.atomic
def register_product(
    *,
    actor: Actor,
    gtin: str,
    name: str,
    strength: str,
    form: str,
    pack_size: str,
    national_codes: Mapping[str, str],
    market: str,
    at: datetime,
) -> Product:
    """A product of the actor's. `national_codes` by country, like `{"PT": "5678901"}`.

    Raises Refused with everything that is wrong at once: `not_manufacturer`, `not_operator`,
    `no_licence`, `gtin_characters`, `gtin_length`, `gtin_check_digit`, `gtin_taken`, `missing`,
    `too_long`, `country_code`, `national_code`.
    """
    _may_make(actor, on=at.astimezone(UTC).date())
    values = _all_of(
        gtin=lambda: checked_gtin(gtin),
        name=lambda: checked_text(name, field="name", most=160),
        strength=lambda: _short(strength, "strength"),
        form=lambda: _short(form, "form"),
        pack_size=lambda: _short(pack_size, "pack_size"),
        national_codes=lambda: _codes(national_codes),
        market=lambda: checked_country(market),
    )
    product = Product(manufacturer_id=actor.organisation_id, created_at=at, **values)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "gtin_taken",
            f"The GTIN {product.gtin} belongs to a product that is registered already.",
            field="gtin",
            gtin=product.gtin,
        ) from error
    return product


@transaction.atomic
def change_product(*, product: Product, **changes: Any) -> Product:
    """The product with other words about it: `name`, `strength`, `form`, `pack_size`, and
    `national_codes`, of which those of other countries stay. GTIN, maker and market never change.

    Who may is decided by the caller. Raises Refused: `missing`, `too_long`, `national_code`.
    """
    product = Product.objects.select_for_update().get(pk=product.pk)
    checks: dict[str, Any] = {
        "name": lambda text: checked_text(text, field="name", most=160),
        "strength": lambda text: _short(text, "strength"),
        "form": lambda text: _short(text, "form"),
        "pack_size": lambda text: _short(text, "pack_size"),
        "national_codes": lambda codes: {**product.national_codes, **_codes(codes)},
    }
    values = _all_of(**{name: partial(checks[name], value) for name, value in changes.items()})
    for name, value in values.items():
        setattr(product, name, value)
    product.save(update_fields=list(values))
    return product


@transaction.atomic
def register_batch(
    *,
    actor: Actor,
    product: Product,
    lot: str,
    expiry: date | str,
    quantity: int,
    site: Site,
    at: datetime,
) -> Batch:
    """A batch of one of the actor's products, packaged at one of its sites.

    `expiry` is a day, or text: `2027-10-31`, or as on the pack `271031`, where day 00 is the last
    of the month. Raises Refused with everything that is wrong at once: `not_manufacturer`,
    `not_operator`, `no_licence`, `product_withdrawn`, `lot_characters`, `lot_taken`,
    `expiry_impossible`, `expiry_past`, `quantity_positive`, `site_not_yours`.
    """
    today = at.astimezone(UTC).date()
    _may_make(actor, on=today)
    values = _all_of(
        product=lambda: _own_product(actor, product),
        lot=lambda: checked_lot(lot),
        expiry=lambda: checked_expiry(expiry, today=today),
        quantity=lambda: checked_quantity(quantity),
        site=lambda: _own_site(actor, site),
    )
    batch = Batch(created_at=at, **values)
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "lot_taken",
            f"{product} has a lot {batch.lot} already.",
            field="lot",
            lot=batch.lot,
        ) from error
    return batch


@transaction.atomic
def correct_batch(
    *, actor: Actor, batch: Batch, expiry: date | str, quantity: int, site: Site, at: datetime
) -> Batch:
    """A batch that was typed wrong, put right. Product and lot never change.

    That it has no packs yet is the caller's business. Raises Refused as `register_batch`, and `already_recalled`.
    """
    today = at.astimezone(UTC).date()
    _may_make(actor, on=today)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("product").get(pk=batch.pk)
    values = _all_of(
        product=lambda: _own_product(actor, batch.product),
        lot=lambda: _not_recalled(batch),
        expiry=lambda: checked_expiry(expiry, today=today),
        quantity=lambda: checked_quantity(quantity),
        site=lambda: _own_site(actor, site),
    )
    batch.expiry, batch.quantity, batch.site = (
        values[name] for name in ("expiry", "quantity", "site")
    )
    batch.save(update_fields=["expiry", "quantity", "site"])
    return batch


@transaction.atomic
def recall_batch(*, batch: Batch, reason: str, at: datetime) -> Batch:
    """The batch is recalled: none of its packs may be moved on or dispensed.

    Who may recall is decided by the caller. Raises Refused: `already_recalled`, `missing`,
    `too_long`.
    """
    reason = checked_text(reason, field="reason", most=300)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("product").get(pk=batch.pk)
    if batch.recalled_at:
        raise Refused.one("already_recalled", f"Lot {batch.lot} is recalled already.", field="lot")
    batch.recalled_at, batch.recall_reason = at, reason
    batch.save(update_fields=["recalled_at", "recall_reason"])
    return batch


@transaction.atomic
def withdraw_product(*, product: Product, at: datetime) -> Product:
    """The product is taken off the market. Raises Refused: `already_withdrawn`."""
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.withdrawn_at:
        raise Refused.one("already_withdrawn", f"{product} is withdrawn already.", field="product")
    product.withdrawn_at = at
    product.save(update_fields=["withdrawn_at"])
    return product


def _may_make(actor: Actor, *, on: date) -> None:
    if actor.kind != Organisation.Kind.MANUFACTURER:
        raise Refused.one(
            "not_manufacturer", "Only a manufacturer registers products and batches.", field="actor"
        )
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.", field="actor")
    if not licensed(actor.organisation_id, Licence.Activity.MANUFACTURE, on):
        raise Refused.one(
            "no_licence", f"{actor.name} has no valid licence to manufacture today.", field="actor"
        )


def _all_of(**checks: Any) -> dict[str, Any]:
    """The checked values by name; every refusal of every check together otherwise."""
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for field, check in checks.items():
        try:
            values[field] = check()
        except Refused as refused:
            refusals += [
                Refusal(one.code, one.sentence, {**one.data, "field": field})
                for one in refused.refusals
            ]
    if refusals:
        raise Refused(refusals)
    return values


def _own_product(actor: Actor, product: Product) -> Product:
    if product.manufacturer_id != actor.organisation_id:
        raise Refused.one("not_manufacturer", f"{product} is made by somebody else.")
    if product.withdrawn_at:
        raise Refused.one("product_withdrawn", f"{product} is withdrawn from the market.")
    return product


def _not_recalled(batch: Batch) -> str:
    if batch.recalled_at:
        raise Refused.one("already_recalled", f"Lot {batch.lot} is recalled already.")
    return batch.lot


def _own_site(actor: Actor, site: Site) -> Site:
    if site.organisation_id != actor.organisation_id:
        raise Refused.one("site_not_yours", f"{site.name} is not a site of {actor.name}.")
    return site


def _short(text: str, field: str) -> str:
    return checked_text(text, field=field.replace("_", " "), most=80) if text.strip() else ""


def _codes(codes: Mapping[str, str]) -> dict[str, str]:
    wrong = list(_wrong_codes(codes.items()))
    if wrong:
        raise Refused.one(
            "national_code",
            "National codes are given by country, two capital letters each, at most 20 characters: "
            f"not {', '.join(wrong)}.",
        )
    return {country: code.strip() for country, code in codes.items()}


def _wrong_codes(codes: Iterable[tuple[str, str]]) -> Iterable[str]:
    for country, code in codes:
        if not _NATIONAL_CODE.fullmatch(country) or not 1 <= len(code.strip()) <= 20:
            yield f"{country}: {code}"
