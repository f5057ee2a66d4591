"""Everything in somebody's hands by product and lot, the first expiring first: counted on the spot, or in the background
where it is too much for that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.catalog.models import Batch
from apps.desk.holding_models import HeldLot, HoldingsCount
from apps.desk.whereabouts.counting import newest_event, pause_after

SMALL = 10_000  # packages that are counted while somebody waits for the page
Counts = dict[UUID, tuple[int, int]]  # by batch: packs, and how many of them are in quarantine

# A query with a limit takes no more out of the recursion than that, and so reads no more.
_PACKS_HELD = """
WITH RECURSIVE held(id, batch_id, level, status) AS (
  SELECT id, batch_id, level, status FROM custody_package
  WHERE custodian_id = %(owner)s AND parent_id IS NULL AND status IN ('active', 'locked')
  UNION ALL
  SELECT p.id, p.batch_id, p.level, h.status FROM held h
  JOIN custody_package p ON p.parent_id = h.id WHERE h.level <> 'pack'
), these AS (
  SELECT batch_id, level, status FROM held LIMIT %(most)s
)
SELECT batch_id, count(*) FILTER (WHERE level = 'pack'),
  count(*) FILTER (WHERE level = 'pack' AND status = 'locked'), count(*)
FROM these GROUP BY batch_id
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """Packs of one batch, loose or in containers. `locked` of them are in quarantine."""

    batch: Batch
    packs: int
    locked: int
    days: int  # until the last day it may be used; negative afterwards


@dataclass(frozen=True, slots=True)
class Inventory:
    """`counted_at` where it was counted before and not now; `waiting` where it was never counted yet."""

    lots: Sequence[Holding]
    counted_at: datetime | None = None
    waiting: bool = False


def inventory(organisation_id: UUID, *, on: date) -> Inventory:
    """Four queries at most, whatever somebody holds. Who holds much is remembered and counted in the background."""
    kept = HoldingsCount.objects.filter(pk=organisation_id).first()
    if kept is None or kept.packs <= SMALL:
        counts, read = _counted(organisation_id, most=SMALL + 1)
        if read <= SMALL:
            return Inventory(_holdings(counts, on))
        if kept is None:
            kept, _ = HoldingsCount.objects.get_or_create(pk=organisation_id)
    rows = HeldLot.objects.filter(counted=kept).values_list("batch_id", "packs", "locked")
    counts = {batch: (packs, locked) for batch, packs, locked in rows}
    return Inventory(_holdings(counts, on), kept.counted_at, waiting=kept.counted_at is None)


def _holdings(counts: Counts, on: date) -> list[Holding]:
    batches = Batch.objects.filter(id__in=list(counts)).select_related("product")
    return [
        Holding(batch, *counts[batch.pk], days=(batch.expiry - on).days)
        for batch in batches.order_by("expiry", "product__name", "lot")
    ]


def _counted(organisation_id: UUID, *, most: int | None) -> tuple[Counts, int]:
    """Reads each package, `most` of them at most; says also how many it read, containers too."""
    with connection.cursor() as cursor:
        cursor.execute(_PACKS_HELD, {"owner": organisation_id, "most": most})
        rows = cursor.fetchall()
    counts = {id: (packs, locked) for id, packs, locked, _ in rows if id and packs}
    return counts, sum(row[-1] for row in rows)


@transaction.atomic
def count_holdings(*, organisation_id: UUID, at: datetime) -> HoldingsCount:
    """Counts anew what somebody holds; whoever counts the same at the same moment waits."""
    kept = HoldingsCount.objects.select_for_update().get(pk=organisation_id)
    kept.newest_event_id = newest_event()
    begun = time.perf_counter()
    counts, _ = _counted(organisation_id, most=None)
    kept.took_ms = round((time.perf_counter() - begun) * 1000)
    kept.packs = sum(packs for packs, _ in counts.values())
    kept.counted_at = at
    kept.save()
    kept.lots.all().delete()
    HeldLot.objects.bulk_create(
        HeldLot(counted=kept, batch_id=batch, packs=packs, locked=locked)
        for batch, (packs, locked) in counts.items()
    )
    return kept


def count_holdings_due(
    *, at: datetime, seconds: float, clock: Callable[[], float] = time.monotonic
) -> int:
    """Counts for those who asked, if something was recorded since, longest ago first, for about so many seconds and not
    all the time (`pause_after`); returns for how many."""
    stop, done = clock() + seconds, 0
    due = HoldingsCount.objects.filter(
        Q(counted_at=None) | Q(newest_event_id__lt=newest_event())
    ).order_by("counted_at")
    for kept in sorted(due, key=lambda one: one.counted_at is not None):
        if kept.counted_at is not None and at < kept.counted_at + pause_after(kept.took_ms):
            continue
        count_holdings(organisation_id=kept.pk, at=at)
        done += 1
        if clock() >= stop:
            break
    return done
