"""Deliveries: what is on its way, by sender and delivery number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.custody.models import CustodyEvent, Package, PackageEvent, Underway
from apps.custody.selectors import incoming
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, Kind, Level

MOST_SHOWN = 100  # expected packages listed on one page; beyond that scanning is what works
SENDING = (Kind.SHIP, Kind.RETURN)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Outermost packages of one sender under one delivery number (empty: without one)."""

    party_id: UUID
    party: str
    reference: str
    packages: int
    shipped_at: datetime
    shipment: int | None  # one of its shipping events; None for what is sent back


def with_reference(packages: QuerySet[Package]) -> QuerySet[Any]:
    """Adds `reference`, the delivery number of the newest shipment of each package that stands. What came out of a
    container on the way has no shipment of its own, and so no number.

    That shipment is the package's newest event, all read in one join; only for what was inspected on its way
    its history is looked through.
    """
    wrong = CustodyEvent.objects.filter(
        kind=DECLARE_ERROR, hash=OuterRef("event__hash"), package_count__gt=0
    )
    shipped = PackageEvent.objects.filter(
        ~Exists(wrong), package_id=OuterRef("id"), event__kind__in=SENDING
    ).order_by("-seq")
    return packages.annotate(
        newest=FilteredRelation("history", condition=Q(history__seq=F("seq"))),
        reference=Case(
            When(newest__event__kind__in=SENDING, then=F("newest__event__reference")),
            default=Coalesce(Subquery(shipped.values("event__reference")[:1]), Value("")),
        ),
    )


def incoming_deliveries(organisation_id: UUID) -> Deliveries:
    return Deliveries("incoming", organisation_id)


def outgoing_deliveries(organisation_id: UUID) -> Deliveries:
    return Deliveries("outgoing", organisation_id)


# What is on its way is counted as it sets out and arrives (apps/custody/underway.py): what is read here is a row for each
# shipping event, however many packages it named.
_DELIVERIES = """
SELECT t.party_id, o.name, coalesce(e.reference, '') AS reference, sum(t.packages)::bigint,
  max(t.shipped_at), max(CASE WHEN e.kind = 'ship' THEN e.id END)
FROM (
  SELECT {party}_id AS party_id, shipment, shipped_at, sum(packages) AS packages
  FROM custody_underway WHERE {mine}_id = %(me)s GROUP BY 1, 2, 3 HAVING sum(packages) > 0
) t
JOIN parties_organisation o ON o.id = t.party_id
LEFT JOIN custody_custodyevent e ON e.id = t.shipment
GROUP BY 1, 2, 3
HAVING %(before)s::timestamptz IS NULL OR max(t.shipped_at) < %(before)s
ORDER BY max(t.shipped_at) {direction}, 1, 3 LIMIT %(count)s OFFSET %(start)s
"""
_SIDES = {
    "incoming": {"party": "custodian", "mine": "consignee"},
    "outgoing": {"party": "consignee", "mine": "custodian"},
}


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What is on its way to somebody or from them, newest first. Sliced like a list, for one query; narrowed down and
    turned round as a queryset is."""

    side: str
    organisation_id: UUID
    before: datetime | None = None
    oldest_first: bool = False

    def filter(self, *, shipped_at__lt: datetime) -> Deliveries:
        """Those that were shipped before a moment."""
        return replace(self, before=shipped_at__lt)

    def order_by(self, time: str, *rest: str) -> Deliveries:
        """`shipped_at` for the oldest first; who and which number come after it in any case."""
        return replace(self, oldest_first=time == "shipped_at")

    def __getitem__(self, wanted: slice) -> list[Delivery]:
        start = wanted.start or 0
        with connection.cursor() as cursor:
            cursor.execute(
                _DELIVERIES.format(
                    **_SIDES[self.side], direction="ASC" if self.oldest_first else "DESC"
                ),
                {
                    "me": self.organisation_id,
                    "before": self.before,
                    "start": start,
                    "count": None if wanted.stop is None else wanted.stop - start,
                },
            )
            return [Delivery(*row) for row in cursor.fetchall()]

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self[0:])


def expected(*, receiver_id: UUID, sender: Organisation, reference: str) -> QuerySet[Package]:
    """What one delivery should bring, in the order of the labels."""
    return _expected(receiver_id, sender, reference).order_by("-level", "path")


def _expected(receiver_id: UUID, sender: Organisation, reference: str) -> QuerySet[Package]:
    return (
        with_reference(incoming(receiver_id).filter(custodian_id=sender.id))
        .filter(reference=reference)
        .annotate(inside=inside())
    )


def first_expected(
    *, receiver_id: UUID, sender: Organisation, reference: str
) -> tuple[list[Package], int]:
    """As much of what one delivery should bring as a page shows, containers before loose packs, and how many it is.

    Four queries, and no more packages are read than are shown: those that were shipped when this delivery was, in the order
    of the index, the labels in order among them.
    """
    sent = _parts_of(receiver_id, sender, reference)
    packages = _expected(receiver_id, sender, reference).filter(status_at__in=list(sent))
    shown: list[Package] = []
    for level in (Level.PALLET, Level.CASE, Level.PACK):
        room = MOST_SHOWN - len(shown)
        found = packages.filter(level=level).order_by("status_at", "id")[:room] if room else ()
        shown += sorted(found, key=attrgetter("path"))
    return shown, sum(sent.values())


def _parts_of(receiver_id: UUID, sender: Organisation, reference: str) -> dict[datetime, int]:
    """How many packages of a delivery were shipped when, as they are kept. One query."""
    event = CustodyEvent.objects.filter(pk=OuterRef("shipment")).values("reference")
    rows = (
        Underway.objects.filter(consignee_id=receiver_id, custodian_id=sender.id)
        .alias(reference=Coalesce(Subquery(event), Value("")))
        .filter(reference=reference)
        .values_list("shipped_at")
        .annotate(sum=Sum("packages"))
        .filter(sum__gt=0)
    )
    return dict(rows)


def inside() -> Subquery:
    """How many packages lie directly in each package of a query."""
    contents = (
        Package.objects.filter(parent_id=OuterRef("id"))
        .order_by()
        .values("parent_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    return Subquery(contents)


def delivery_number(reference: str) -> str:
    """The number people know inside a despatch advice URN (CBV 2.0 §8.5.2)."""
    if reference.startswith("urn:epcglobal:cbv:bt:"):
        return reference.split(":", 5)[-1]
    return reference
