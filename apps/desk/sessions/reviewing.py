"""The differences of a session, line by line, before it is signed. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from apps.custody.models import Package
from apps.custody.selectors import held_by
from apps.desk import deliveries
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.change_lines import MAY_BE_REFUSED
from apps.desk.sessions.counting import ON_THE_SHELF
from apps.desk.sessions.receipt import Receipt, receipt_of
from apps.desk.sessions.selectors import Row, with_packages
from apps.desk.sessions.trees import above, packs_in
from apps.desk.sessions.weighing import GOOD

SHOWN = 200  # of each list; the count says how many there are


@dataclass(frozen=True, slots=True)
class Opened:
    """A container of which only a part was scanned. `path` names it; `missing` of `packs` were not seen."""

    id: UUID
    path: str
    packs: int
    missing: int


@dataclass(slots=True)
class Review:
    """`missing` are packages the books expect here and nobody scanned; `stops` are not recorded."""

    good: int = 0
    packs: int = 0
    refused: list[Row] = field(default_factory=list)
    stops: list[Row] = field(default_factory=list)
    stop_count: int = 0
    missing: list[Package] = field(default_factory=list)
    missing_count: int = 0
    opened: list[Opened] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        return bool(self.good or self.refused)


def review_of(session: ScanSession) -> Review:
    lines = list(session.lines.filter(removed_at=None).order_by("id"))
    counting = [line for line in lines if line.outcome == GOOD]
    refused = [line for line in lines if line.reason and line.code in MAY_BE_REFUSED]
    stops = [line for line in lines if line.outcome in ("stop", "unknown") and line not in refused]
    review = Review(
        good=sum(1 for line in counting if not line.reason),
        packs=sum(line.covers for line in counting if not line.reason),
        refused=with_packages(refused[:SHOWN]),
        stops=with_packages(stops[:SHOWN]),
        stop_count=len(stops),
    )
    if session.kind == ScanSession.Kind.RECEIVE:
        _arrival(session, review, [*counting, *(r for r in refused if r.outcome != GOOD)])
    elif session.kind == ScanSession.Kind.COUNT:
        _shelf(session, review, counting)
    return review


def doubtful(session: ScanSession) -> list[Row]:
    """What may be marked as not accepted: the newest lines of what arrived."""
    if session.kind != ScanSession.Kind.RECEIVE:
        return []
    lines = session.lines.filter(removed_at=None, code__in=MAY_BE_REFUSED).order_by("-id")
    return with_packages(lines[:SHOWN])


def _arrival(session: ScanSession, review: Review, lines: list[ScanLine]) -> None:
    """What of the delivery was not scanned: whole packages, and what is missing inside opened containers."""
    receipt = receipt_of(lines) if lines else None
    missing: list[UUID] = []
    if receipt is not None:
        missing += receipt.settled.missing
        review.opened = _opened(receipt)
    if session.party is not None:
        expected = deliveries.expected(
            receiver_id=session.organisation_id, sender=session.party, reference=session.reference
        )
        touched = set(receipt.tops) if receipt else set()
        missing += [id for id in expected.values_list("id", flat=True) if id not in touched]
    _keep_missing(review, missing)


def _opened(receipt: Receipt) -> list[Opened]:
    tops = {receipt.tops[id] for id, out in receipt.settled.unpacked if out}
    missing: dict[UUID, list[UUID]] = {}
    for id in receipt.settled.missing:
        missing.setdefault(receipt.tops[id], []).append(id)
    packs = packs_in({*tops, *receipt.settled.missing})
    return [
        Opened(
            top,
            receipt.tree.paths[top],
            packs.get(top, 0),
            sum(packs.get(id, 0) for id in missing[top]),
        )
        for top in tops
        if top in missing
    ]


def on_shelf(session: ScanSession) -> QuerySet[Package]:
    """What the books say lies at this site."""
    return held_by(session.organisation_id).filter(site_id=session.site_id, status__in=ON_THE_SHELF)


def _shelf(session: ScanSession, review: Review, counting: list[ScanLine]) -> None:
    """The books against the scans: whatever outermost package was not seen, nor anything inside it."""
    scanned = {line.package_id for line in counting if line.package_id}
    around = above(scanned)
    seen = scanned | {around[id][-1][0] for id in around}
    books = on_shelf(session).order_by("path").values_list("id", flat=True)
    _keep_missing(review, [id for id in books.iterator() if id not in seen])


def _keep_missing(review: Review, ids: Collection[UUID]) -> None:
    review.missing_count = len(ids)
    found = Package.objects.filter(id__in=list(islice(ids, SHOWN))).select_related("batch__product")
    review.missing = list(found.order_by("-level", "path"))
