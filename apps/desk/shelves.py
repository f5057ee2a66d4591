"""What lies on the shelf of quarantine, and what went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.shelves import Shelf
from apps.desk.models import SessionEvent
from pharmatrace.kernel.custody.kinds import SPELLINGS, Kind, Status


@dataclass(frozen=True, slots=True)
class Why:
    """Who did it and for which reason: known where it was done in a session."""

    who: str
    reason: str


def quarantined(organisation_id: UUID) -> Shelf:
    """The newest first. Sliced like a list."""
    return Shelf(organisation_id, statuses=[Status.LOCKED])


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
