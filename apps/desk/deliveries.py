"""Deliveries: what is on its way, by sender and delivery number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import incoming
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, Kind

MOST_SHOWN = 200  # expected packages listed on one page; beyond that scanning is what works
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


# Packages are counted by the event they were last seen in, and only then is it looked up what that event was: a
# delivery of two thousand loose packs is one event. Only what was inspected on its way is looked through one by one.
_DELIVERIES = """
WITH going AS MATERIALIZED (
  SELECT p.id, p.{party}_id AS party_id, p.status_at, h.event_id
  FROM custody_package p JOIN custody_packageevent h ON h.package_id = p.id AND h.seq = p.seq
  WHERE {whose}
), seen AS MATERIALIZED (
  SELECT party_id, event_id, count(*) AS packages, max(status_at) AS shipped_at
  FROM going GROUP BY party_id, event_id
), told AS (
  SELECT s.party_id, e.reference, s.packages, s.shipped_at,
    CASE WHEN e.kind = 'ship' THEN e.id END AS shipment
  FROM seen s JOIN custody_custodyevent e ON e.id = s.event_id WHERE e.kind IN ('ship', 'return')
  UNION ALL
  SELECT g.party_id, coalesce((
      SELECT sent.reference FROM custody_packageevent x JOIN custody_custodyevent sent ON sent.id = x.event_id
      WHERE x.package_id = g.id AND sent.kind IN ('ship', 'return') AND NOT EXISTS (
        SELECT 1 FROM custody_custodyevent w WHERE w.hash = sent.hash AND w.kind = 'declare_error')
      ORDER BY x.seq DESC LIMIT 1), ''), 1, g.status_at, NULL
  FROM going g JOIN custody_custodyevent e ON e.id = g.event_id WHERE e.kind NOT IN ('ship', 'return')
)
SELECT t.party_id, o.name, t.reference, sum(t.packages)::bigint, max(t.shipped_at), max(t.shipment)
FROM told t JOIN parties_organisation o ON o.id = t.party_id
GROUP BY t.party_id, o.name, t.reference
HAVING %(before)s::timestamptz IS NULL OR max(t.shipped_at) < %(before)s
ORDER BY max(t.shipped_at) {direction}, t.party_id, t.reference LIMIT %(count)s OFFSET %(start)s
"""
_SIDES = {
    "incoming": {"party": "custodian", "whose": "p.consignee_id = %(me)s"},
    "outgoing": {
        "party": "consignee",
        "whose": "p.custodian_id = %(me)s AND p.status = 'in_transit' AND p.parent_id IS NULL",
    },
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
    return (
        with_reference(incoming(receiver_id).filter(custodian_id=sender.id))
        .filter(reference=reference)
        .annotate(inside=inside())
        .order_by("-level", "path")
    )


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
