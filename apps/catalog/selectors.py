"""What can be asked of the catalog. The bulk one is one query and returns small values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from apps.catalog.models import Batch, Product


@dataclass(frozen=True, slots=True)
class Lot:
    """A batch with what matters of its product."""

    id: UUID
    gtin: str
    lot: str
    expiry: date
    quantity: int
    manufacturer_id: UUID
    recalled: bool
    withdrawn: bool


def products_of(organisation_id: UUID) -> QuerySet[Product]:
    """What an organisation makes, by name."""
    return Product.objects.filter(manufacturer_id=organisation_id)


def batches_of(organisation_id: UUID) -> QuerySet[Batch]:
    """The batches of what an organisation makes, newest first; product and site are loaded along."""
    return Batch.objects.filter(product__manufacturer_id=organisation_id).select_related(
        "product", "site"
    )


def batch_by_lot(*, gtin: str, lot: str) -> Batch | None:
    """The batch with that GTIN-14 and lot, its product loaded along."""
    return Batch.objects.filter(product__gtin=gtin, lot=lot).select_related("product").first()


def lots(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lot]:
    """Those of the `(GTIN-14, lot)` pairs that are registered. One query."""
    pairs = set(wanted)
    rows = (
        Batch.objects.filter(
            product__gtin__in={gtin for gtin, _ in pairs}, lot__in={lot for _, lot in pairs}
        )
        .order_by()
        .values_list(
            "id", "product__gtin", "lot", "expiry", "quantity", "product__manufacturer_id",
            "recalled_at", "product__withdrawn_at",
        )
    )  # fmt: skip
    found = (Lot(*row[:6], row[6] is not None, row[7] is not None) for row in rows)
    return {(one.gtin, one.lot): one for one in found if (one.gtin, one.lot) in pairs}
