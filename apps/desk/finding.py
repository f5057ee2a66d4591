"""The search boxes of lists: a few words, found where people expect them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from apps.catalog.models import Batch, Product
from apps.desk.scans import read_scan
from pharmatrace.kernel.gs1.identifiers import package_id, sgtin_path

MOST = 100  # characters


def asked_for(request: HttpRequest) -> str:
    """What stands in the search box, without what no list can hold."""
    return request.GET.get("q", "")[:MOST].replace("\x00", "").strip()


def find_products(products: QuerySet[Product], asked: str) -> QuerySet[Product]:
    """By name, strength or the digits of the GTIN; all words must be there."""
    for word in asked.split():
        products = products.filter(
            Q(name__icontains=word) | Q(strength__icontains=word) | Q(gtin__contains=word)
        )
    return products


def find_batches(batches: QuerySet[Batch], asked: str) -> QuerySet[Batch]:
    """By lot, product or GTIN; all words must be there."""
    for word in asked.split():
        batches = batches.filter(
            Q(lot__icontains=word)
            | Q(product__name__icontains=word)
            | Q(product__gtin__contains=word)
        )
    return batches


def pack_named(asked: str, batch: Batch) -> UUID:
    """The id of the pack that a serial or a whole code names; of nothing, where it names none."""
    identity = read_scan(asked).identity
    if identity is not None:
        return identity.package_id
    return package_id(sgtin_path(batch.product.gtin, asked))
