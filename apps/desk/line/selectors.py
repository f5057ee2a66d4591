"""Reads: lines of a site, and how far the open case is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from apps.desk.line_models import LineCase, PackingLine
from apps.desk.models import ScanLine
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.identifiers import package_id

SHOWN = 10  # closed cases, newest first


@dataclass(frozen=True, slots=True)
class Closed:
    """A case with its number, SSCC and package."""

    number: int
    sscc: str
    package_id: UUID
    packs: int


@dataclass(frozen=True, slots=True)
class State:
    """`packed` of `size` packs are in case `number`, of which `session` is the list; `scans` are the newest of them."""

    number: int
    session: UUID
    sscc: str
    packed: int
    size: int
    scans: list[ScanLine]
    closed: list[Closed]

    @property
    def slots(self) -> list[bool]:
        """One for each place of a case, where they can be counted at a glance."""
        return [n < self.packed for n in range(self.size)] if self.size <= 60 else []


def lines_at(actor: Actor) -> QuerySet[PackingLine]:
    return (
        PackingLine.objects.filter(site_id=actor.site_id)
        .select_related("batch__product", "opened_by")
        .order_by("-opened_at")
    )


def state_of(line: PackingLine) -> State:
    """Two queries."""
    cases = list(
        LineCase.objects.filter(line=line)
        .select_related("session")
        .order_by("-number")[: SHOWN + 1]
    )
    case = cases[0]
    lines = list(
        ScanLine.objects.filter(session_id=case.session_id, removed_at=None).order_by("-id")
    )
    packed = [one for one in lines if one.outcome == ScanLine.Outcome.GOOD]
    return State(
        number=case.number,
        session=case.session_id,
        sscc=case.session.container.removeprefix("00/"),
        packed=len(packed),
        size=line.size,
        scans=packed[:5],
        closed=[_closed(one) for one in cases if one.session.state == "signed"],
    )


def _closed(case: LineCase) -> Closed:
    path = case.session.container
    return Closed(
        number=case.number,
        sscc=path.removeprefix("00/"),
        package_id=package_id(path),
        packs=int(case.session.result.get("packs", 0)),
    )
