"""How many packs of a batch have no serial yet, those on their way to one counted in."""

from __future__ import annotations

from django.db.models import F, Sum

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.custody.services.commission import KIND
from apps.jobs.models import WAITING, Job


def room_of(batch: Batch, *, there: int | None = None) -> int:
    """Two queries, one where it is known how many packs are `there`. Never below 0."""
    if there is None:
        there = Package.objects.filter(batch=batch).count()
    coming = Job.objects.filter(
        kind=KIND, state__in=WAITING, parameters__batch=str(batch.pk)
    ).aggregate(left=Sum(F("total") - F("done")))["left"]
    return max(0, batch.quantity - there - int(coming or 0))
