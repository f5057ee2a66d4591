"""Whose products and batches one may look at and work with."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.catalog.models import Batch, Product
from apps.parties.actor import Actor
from apps.parties.models import Organisation


def products_for(actor: Actor) -> QuerySet[Product]:
    """A manufacturer's own products; a regulator sees all."""
    products = Product.objects.select_related("manufacturer")
    if actor.kind != Organisation.Kind.REGULATOR:
        products = products.filter(manufacturer_id=actor.organisation_id)
    return products


def batches_for(actor: Actor) -> QuerySet[Batch]:
    """The batches of `products_for`."""
    batches = Batch.objects.select_related("product__manufacturer", "site")
    if actor.kind != Organisation.Kind.REGULATOR:
        batches = batches.filter(product__manufacturer_id=actor.organisation_id)
    return batches
