"""An organisation as an authority looks at it: who it is, what it may, what it holds, what it did."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.custody.selectors import held_by, incoming
from apps.parties.models import Organisation
from apps.safety.models import Alert

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Holding:
    """Outermost packages of one level and status in somebody's hands."""

    level: str
    status: str
    count: int


def holdings(organisation_id: UUID) -> list[Holding]:
    """One query, answered by the index of custodians."""
    rows = held_by(organisation_id).order_by().values_list("level", "status")
    return [Holding(*row) for row in rows.annotate(n=Count("id")).order_by("level", "status")]


def on_the_way_to(organisation_id: UUID) -> int:
    return incoming(organisation_id).order_by().count()


def newest_events(organisation_id: UUID) -> QuerySet[CustodyEvent]:
    """What it recorded or was named in. Each side through its own index, and only as far as it is shown."""
    newest = ("-recorded_at", "-id")
    did, *others = (
        CustodyEvent.objects.filter(**{side: organisation_id})
        .order_by(*newest)
        .values("id")[:NEWEST]
        for side in ("actor_id", "counterparty_id", "reporter_id")
    )
    events = CustodyEvent.objects.defer("document").filter(id__in=did.union(*others))
    return events.select_related(
        "actor", "reporter", "site", "counterparty", "statement__entry"
    ).order_by(*newest)[:NEWEST]


def newest_refusals(organisation_id: UUID) -> QuerySet[RefusedEvent]:
    rows = RefusedEvent.objects.filter(actor_id=organisation_id).defer("document")
    return rows.select_related("actor").order_by("-recorded_at", "-id")[:NEWEST]


def newest_alerts(organisation_id: UUID) -> QuerySet[Alert]:
    return Alert.objects.filter(raised_for_id=organisation_id).order_by("-raised_at", "-id")[
        :NEWEST
    ]


def listed(*, kind: str = "", country: str = "") -> QuerySet[Organisation]:
    rows = Organisation.objects.all()
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    return (rows.filter(country=country) if country else rows).order_by("name", "id")
