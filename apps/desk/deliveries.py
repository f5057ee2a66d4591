"""Deliveries: what is on its way, by sender and delivery number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import incoming, outgoing
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
    wrong = CustodyEvent.objects.filter(kind=DECLARE_ERROR, hash=OuterRef("event__hash"))
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


def incoming_deliveries(organisation_id: UUID) -> QuerySet[Any, Delivery]:
    return _deliveries(incoming(organisation_id), "custodian")


def outgoing_deliveries(organisation_id: UUID) -> QuerySet[Any, Delivery]:
    return _deliveries(outgoing(organisation_id), "consignee")


def _deliveries(packages: QuerySet[Package], party: str) -> QuerySet[Any, Any]:
    """One row per delivery, newest first."""
    return (
        with_reference(packages)
        .values("reference", party_id=F(f"{party}_id"), party=F(f"{party}__name"))
        .annotate(
            packages=Count("id"),
            shipped_at=Max("status_at"),
            shipment=Max("newest__event_id", filter=Q(newest__event__kind=Kind.SHIP)),
        )
        .order_by("-shipped_at", "party_id", "reference")
    )


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
