"""Labels of what is in the record: the packs of a batch, one package, the containers of a place."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from django.db.models import QuerySet

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.labels.content import CaseLabel, PackLabel
from pharmatrace.kernel.custody.kinds import Level, Status

AT_ONCE = 2_500  # labels in one file; more come in parts


def labelled_packs(batch: Batch) -> int:
    """How many packs of a batch have a number and so a label."""
    return _packs(batch).count()


def _packs(batch: Batch) -> QuerySet[Package]:
    return Package.objects.filter(batch=batch, level=Level.PACK).exclude(status=Status.VOID)


def pack_labels(batch: Batch, *, first: int, count: int) -> Iterator[PackLabel]:
    """Labels number `first` (from 0) and following, in the order of their serials; at most AT_ONCE. One query."""
    count = min(count, AT_ONCE)
    paths = list(
        _packs(batch).order_by("path").values_list("path", flat=True)[first : first + count]
    )
    return (pack_label(path, batch) for path in paths)


def pack_label(path: str, batch: Batch) -> PackLabel:
    gtin, _, serial = path.removeprefix("01/").partition("/21/")
    return PackLabel(gtin, unquote(serial), batch.lot, batch.expiry, str(batch.product))


def case_label(package: Package, *, sender: str, place: str) -> CaseLabel:
    """The label of a container. Two queries: what lies directly inside, and of which batches."""
    inside = Package.objects.filter(parent_id=package.pk)
    batches = list(
        Batch.objects.filter(id__in=inside.values("batch_id").distinct()[:2]).select_related(
            "product"
        )
    )
    label = CaseLabel(
        sscc=package.path.removeprefix("00/"),
        sender=sender,
        place=place,
        count=inside.count(),
    )
    if len(batches) != 1:
        return label
    batch = batches[0]
    return CaseLabel(
        label.sscc, label.sender, label.place, label.count, product=str(batch.product),
        gtin=batch.product.gtin, lot=batch.lot, expiry=batch.expiry,
    )  # fmt: skip
