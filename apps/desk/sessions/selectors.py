"""Reads: sessions of a site, what is on their lists, how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from apps.custody.models import Package
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.picking import picks_of, totals
from apps.parties.actor import Actor

SHOWN = 50  # lines of a session at a time, newest first


def sessions_at(actor: Actor) -> QuerySet[ScanSession]:
    """Sessions of the site somebody works at: theirs and their colleagues'."""
    return ScanSession.objects.filter(
        organisation_id=actor.organisation_id, site_id=actor.site_id
    ).select_related("party", "opened_by", "closed_by", "order")


def lines_of(session: ScanSession) -> QuerySet[ScanLine]:
    """What was not taken off, newest first."""
    return (
        ScanLine.objects.filter(session=session, removed_at=None)
        .select_related("scanned_by")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line and, where it is of something registered, what that is."""

    line: ScanLine
    package: Package | None


def with_packages(lines: Iterable[ScanLine]) -> list[Row]:
    """One query for all."""
    lines = list(lines)
    found = Package.objects.select_related("batch__product").in_bulk(
        [line.package_id for line in lines if line.package_id]
    )
    return [Row(line, found.get(line.package_id) if line.package_id else None) for line in lines]


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` and `expected` count single packs; `expected` is None where nobody knows."""

    done: int
    expected: int | None
    good: int
    repeats: int
    stops: int
    refused: int

    @property
    def missing(self) -> int:
        return max((self.expected or 0) - self.done, 0)

    @property
    def words(self) -> str:
        if self.expected is None:
            return _("%(done)s packs") % {"done": f"{self.done:,}"}
        said = _("%(done)s of %(expected)s packs") % {
            "done": f"{self.done:,}",
            "expected": f"{self.expected:,}",
        }
        if not self.missing:
            return said
        return _("%(said)s, %(missing)s missing") % {"said": said, "missing": f"{self.missing:,}"}

    def as_json(self) -> dict[str, Any]:
        return {
            "done": self.done, "expected": self.expected, "missing": self.missing,
            "good": self.good, "repeats": self.repeats, "stops": self.stops, "words": self.words,
        }  # fmt: skip


def progress_of(session: ScanSession) -> Progress:
    """One query; three for a session that is shipped from an order."""
    counted = ScanLine.objects.filter(session=session, removed_at=None).aggregate(
        done=Sum("covers", default=0, filter=Q(outcome="good")),
        good=Count("id", filter=Q(outcome="good")),
        repeats=Count("id", filter=Q(outcome="repeat")),
        stops=Count("id", filter=Q(outcome__in=("stop", "unknown"))),
        refused=Count("id", filter=~Q(reason="")),
    )
    expected = session.expected
    if session.order_id:
        _picked, expected = totals(picks_of(session.order_id))
    return Progress(expected=expected, **counted)


def open_count(actor: Actor) -> int:
    return sessions_at(actor).filter(state=ScanSession.State.OPEN).count()


def known_scans(ids: Iterable[UUID]) -> dict[UUID, ScanLine]:
    return {
        line.scan_id: line
        for line in ScanLine.objects.filter(scan_id__in=list(ids)).select_related("scanned_by")
    }
