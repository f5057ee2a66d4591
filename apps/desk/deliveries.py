"""Deliveries: what is on its way, by sender and delivery number, and how it compares with what was scanned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
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
from pharmatrace.kernel.gs1.identifiers import package_ids

MOST_SHOWN = 200  # expected packages listed on one page; beyond that scanning is what works
DEEPEST = 12  # containers in containers
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


@dataclass(slots=True)
class Comparison:
    """Expected against scanned. `through` counts packs that were scanned inside an expected container."""

    matched: list[Package] = field(default_factory=list)
    missing: list[Package] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    through: int = 0


def compare(expected: Sequence[Package], paths: Sequence[str]) -> Comparison:
    """What arrived of `expected`, by what was scanned (`paths`). A pack in an expected container stands for
    the container. One query per level of packing."""
    by_id = {package.id: package for package in expected}
    scanned = dict(zip(package_ids(paths), paths, strict=True))
    tops = outermost_ids([id for id in scanned if id not in by_id])
    arrived = {tops.get(id, id) for id in scanned}
    return Comparison(
        matched=[package for id, package in by_id.items() if id in arrived],
        missing=[package for id, package in by_id.items() if id not in arrived],
        extra=[path for id, path in scanned.items() if tops.get(id, id) not in by_id],
        through=sum(1 for id in scanned if id not in by_id and tops.get(id) in by_id),
    )


def outermost_ids(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The outermost container each package is in; packages that are in nothing are left out."""
    tops = {id: id for id in ids}
    for _ in range(DEEPEST):
        parents = _parents(set(tops.values()))
        if not parents:
            break
        tops = {id: parents.get(top, top) for id, top in tops.items()}
    return {id: top for id, top in tops.items() if top != id}


def _parents(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = Package.objects.filter(id__in=list(ids), parent__isnull=False)
    return {id: parent for id, parent in rows.values_list("id", "parent_id") if parent}
