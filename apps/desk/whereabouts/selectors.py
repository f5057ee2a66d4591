"""Reads what was counted: of one batch, of all batches of a maker; and what the public looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Sum

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.desk.whereabouts.models import SELF, BatchCount, PlaceCount
from apps.safety.looks import looks_by_country, most_looked_at
from pharmatrace.kernel.custody.kinds import Kind

LOOKED_BACK = timedelta(days=30)
MOST_BATCHES = 1_000  # newest, of those whose looks are summed on a page
MOST_PACKS = 5


@dataclass(frozen=True, slots=True)
class Place:
    kind: str
    country: str
    here: int
    coming: int
    gone: int

    @property
    def is_self(self) -> bool:
        return self.kind == SELF


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`left` is whatever is not with the maker any more, on its way or arrived; `counted_at` the oldest count in it."""

    places: Sequence[Place] = ()
    counted_at: datetime | None = None

    @property
    def packs(self) -> int:
        return sum(one.here + one.coming + one.gone for one in self.places)

    @property
    def left(self) -> int:
        return sum(self._away(one) for one in self.places)

    @property
    def returning(self) -> int:
        return sum(one.coming for one in self.places if one.is_self)

    @property
    def most(self) -> int:
        """The longest bar of a picture."""
        return max((one.here + one.coming + one.gone for one in self.places), default=0)

    @staticmethod
    def _away(one: Place) -> int:
        return one.coming + (0 if one.is_self else one.here + one.gone)


def whereabouts_of(batch: Batch, counted: BatchCount | None) -> Whereabouts:
    if counted is None:
        return Whereabouts()
    return Whereabouts(_places(PlaceCount.objects.filter(batch=batch).values()), counted.counted_at)


def whereabouts_of_maker(organisation_id: UUID) -> Whereabouts:
    """All batches together. Two queries."""
    mine = {"batch__product__manufacturer_id": organisation_id}
    rows = (
        PlaceCount.objects.filter(**mine)
        .values("kind", "country")
        .annotate(here=Sum("here"), coming=Sum("coming"), gone=Sum("gone"))
    )
    oldest = BatchCount.objects.filter(**mine).aggregate(at=Min("counted_at"))["at"]
    return Whereabouts(_places(rows), oldest)


def _places(rows: Iterable[Mapping[str, Any]]) -> list[Place]:
    names = ("kind", "country", "here", "coming", "gone")
    places = [Place(*(row[name] for name in names)) for row in rows]
    return sorted(places, key=lambda one: (not one.is_self, -(one.here + one.coming + one.gone)))


@dataclass(frozen=True, slots=True)
class Looks:
    """What the public looked at since `since`: how often by country, and which packs most."""

    since: date
    countries: dict[str, int] = field(default_factory=dict)
    packs: Sequence[tuple[Package, int, int]] = ()

    @property
    def total(self) -> int:
        return sum(self.countries.values())


def looks_at(batches: Sequence[UUID], *, today: date) -> Looks:
    """Three queries; none for no batches."""
    since = today - LOOKED_BACK
    if not batches:
        return Looks(since)
    most = most_looked_at(batches=batches, since=since, most=MOST_PACKS)
    packages = Package.objects.in_bulk([one.package_id for one in most])
    return Looks(
        since,
        looks_by_country(batches=batches, since=since),
        [
            (packages[one.package_id], one.looks, one.countries)
            for one in most
            if one.package_id in packages
        ],
    )


def newest_batches(organisation_id: UUID) -> list[UUID]:
    mine = Batch.objects.filter(product__manufacturer_id=organisation_id)
    return list(mine.order_by("-created_at").values_list("id", flat=True)[:MOST_BATCHES])


def returned_lately(organisation_id: UUID, *, now: datetime) -> int:
    """Packages that were sent back to an organisation in the last 30 days. One query over its newest events."""
    found = CustodyEvent.objects.filter(
        counterparty_id=organisation_id, kind=Kind.RETURN, recorded_at__gte=now - LOOKED_BACK
    ).aggregate(n=Sum("package_count"))["n"]
    return int(found or 0)
