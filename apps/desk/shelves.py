"""What lies on the shelves: by product and lot with the first expiring first; what is in quarantine; what went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import held_by
from apps.desk.models import SessionEvent
from pharmatrace.kernel.custody.kinds import SPELLINGS, Kind, Status

_PACKS_HELD = (
    "WITH RECURSIVE held(id, batch_id, level, status) AS ("
    " SELECT id, batch_id, level, status FROM custody_package"
    "  WHERE custodian_id = %s AND parent_id IS NULL AND status IN ('active', 'locked')"
    " UNION ALL SELECT p.id, p.batch_id, p.level, h.status FROM held h"
    "  JOIN custody_package p ON p.parent_id = h.id WHERE h.level <> 'pack')"
    " SELECT batch_id, count(*), count(*) FILTER (WHERE status = 'locked') FROM held"
    " WHERE level = 'pack' AND batch_id IS NOT NULL GROUP BY batch_id"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """Packs of one batch, loose or in containers. `locked` of them are in quarantine."""

    batch: Batch
    packs: int
    locked: int
    days: int  # until the last day it may be used; negative afterwards


def inventory(organisation_id: UUID, *, on: date) -> list[Holding]:
    """Everything in somebody's hands by lot, the first expiring first. Two queries; the first reads each pack."""
    with connection.cursor() as cursor:
        cursor.execute(_PACKS_HELD, [organisation_id])
        counts = {id: (packs, locked) for id, packs, locked in cursor.fetchall()}
    batches = Batch.objects.filter(id__in=list(counts)).select_related("product")
    return [
        Holding(batch, *counts[batch.pk], days=(batch.expiry - on).days)
        for batch in batches.order_by("expiry", "product__name", "lot")
    ]


@dataclass(frozen=True, slots=True)
class Why:
    """Who did it and for which reason: known where it was done in a session."""

    who: str
    reason: str


def quarantined(organisation_id: UUID) -> QuerySet[Package]:
    return (
        held_by(organisation_id)
        .filter(status=Status.LOCKED)
        .select_related("batch__product", "site")
        .order_by("-status_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Quarantined:
    package: Package
    since: datetime
    why: Why | None


def with_reasons(packages: Sequence[Package]) -> list[Quarantined]:
    """Two queries for all."""
    locks = PackageEvent.objects.filter(
        package_id__in=[one.pk for one in packages], event__kind=Kind.LOCK
    ).order_by("package_id", "seq")
    newest = dict(locks.values_list("package_id", "event_id"))
    reasons = why(newest.values())
    return [Quarantined(one, one.status_at, reasons.get(newest.get(one.pk, 0))) for one in packages]


def why(event_ids: Any) -> dict[int, Why]:
    rows = SessionEvent.objects.filter(event_id__in=list(event_ids)).values_list(
        "event_id", "session__closed_by__name", "session__reason"
    )
    return {event: Why(who or "", reason) for event, who, reason in rows}


def returns_of(organisation_id: UUID) -> QuerySet[CustodyEvent]:
    """What was sent back, by somebody or to them, the newest first. Returns are few: their disposition finds them."""
    spelled = SPELLINGS[Kind.RETURN].disposition or ""
    return (
        CustodyEvent.objects.alias(disposition=KeyTextTransform("disposition", "document"))
        .filter(Q(actor_id=organisation_id) | Q(counterparty_id=organisation_id))
        .filter(disposition=spelled, kind=Kind.RETURN)
        .select_related("actor", "counterparty")
        .defer("document")
        .order_by("-id")
    )
