"""Counts where the packs of batches are. A batch is looked at again when something was recorded since, and not before
two hundred times as long has passed as counting it took: big batches cost no more than small ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent
from apps.desk.whereabouts.models import SELF, BatchCount, PlaceCount
from apps.oversight.reach import Holder, reach_of

LEAST_PAUSE = timedelta(seconds=20)
PATIENCE = 200
SMALL = 20_000  # packs that are counted while somebody waits for the page
Place = tuple[str, str]


def newest_event() -> int:
    return CustodyEvent.objects.aggregate(newest=Max("id"))["newest"] or 0


@transaction.atomic
def count_batch(*, batch: Batch, at: datetime) -> BatchCount:
    """Counts one batch anew. A handful of queries; whoever counts the same at the same moment waits."""
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    newest = newest_event()
    begun = time.perf_counter()
    reach = reach_of(batch.pk)
    places = _by_place(reach.holders, maker=batch.product.manufacturer_id)
    took = round((time.perf_counter() - begun) * 1000)
    PlaceCount.objects.filter(batch=batch).delete()
    PlaceCount.objects.bulk_create(
        PlaceCount(batch=batch, kind=kind, country=country, here=here, coming=coming, gone=gone)
        for (kind, country), (here, coming, gone) in places.items()
    )
    counted, _ = BatchCount.objects.update_or_create(
        batch=batch,
        defaults={
            "packs": reach.packs, "counted_at": at, "took_ms": took, "newest_event_id": newest,
        },
    )  # fmt: skip
    return counted


def _by_place(holders: tuple[Holder, ...], *, maker: UUID) -> dict[Place, list[int]]:
    places: dict[Place, list[int]] = {}
    for one in holders:
        organisation = one.organisation
        kind = SELF if organisation.pk == maker else organisation.kind
        counts = places.setdefault((kind, organisation.country), [0, 0, 0])
        for n, count in enumerate((one.here, one.coming, one.gone)):
            counts[n] += count
    return {place: counts for place, counts in places.items() if any(counts)}


def counted_for_page(*, batch: Batch, at: datetime) -> BatchCount | None:
    """The count of a batch for somebody who looks at it: a fresh one where that takes no time."""
    counted = BatchCount.objects.filter(batch=batch).first()
    if counted is None or (counted.packs <= SMALL and counted.newest_event_id < newest_event()):
        if counted is None and batch.quantity > SMALL:
            return None  # the background gets to it
        return count_batch(batch=batch, at=at)
    return counted


def count_due(*, at: datetime, seconds: float, clock: Callable[[], float] = time.monotonic) -> int:
    """Counts batches that were never counted or that something was recorded after, longest ago first, for about so
    many seconds; returns how many."""
    stop, done = clock() + seconds, 0
    due = (
        Batch.objects.select_related("product", "counted")
        .filter(Q(counted=None) | Q(counted__newest_event_id__lt=newest_event()))
        .order_by("counted__counted_at")
    )
    for batch in due.iterator(chunk_size=100):
        counted: BatchCount | None = getattr(batch, "counted", None)
        if counted is not None and at < counted.counted_at + pause_after(counted.took_ms):
            continue
        count_batch(batch=batch, at=at)
        done += 1
        if clock() >= stop:
            break
    return done


def pause_after(took_ms: int) -> timedelta:
    """How long a count stands before it is made again, by how long it took."""
    return max(LEAST_PAUSE, PATIENCE * timedelta(milliseconds=took_ms))
