"""What the record knows of one package: read once, used by the page, the JSON and the checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.catalog.models import Batch, Product
from apps.custody import selectors as custody
from apps.custody.models import Package
from apps.custody.selectors import Step
from apps.parties.models import Organisation
from apps.verify.question import Question
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.rules import RULES
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc


@dataclass(frozen=True, slots=True)
class Record:
    """`outermost` is the container whose custody the package shares, or the package itself; `steps`
    are its life, oldest first, with what happened to its containers while it was inside."""

    package: Package
    outermost: Package
    steps: list[Step]

    @property
    def batch(self) -> Batch | None:
        return self.package.batch

    @property
    def status(self) -> Status:
        """A package inside a container shares the state of the outermost one."""
        return Status(self.outermost.status)

    @property
    def status_at(self) -> datetime:
        return self.outermost.status_at

    @property
    def is_container(self) -> bool:
        return self.package.level != Level.PACK

    @property
    def is_upstream(self) -> bool:
        """Whoever has it, or is sending it, is no pharmacy."""
        holder = self.outermost.custodian
        return holder is not None and holder.kind != Organisation.Kind.PHARMACY

    @property
    def is_packed(self) -> bool:
        return self.package.parent_id is not None

    @property
    def birth(self) -> Step:
        """The commissioning that product, lot and expiry rest on: the newest that stands. Where none does, the
        newest there was; of a container that was packed into first, that packing."""
        made = [one for one in self.steps if one.via is None and one.event.kind == Kind.COMMISSION]
        if not made:
            return next((one for one in self.steps if not one.erased), self.steps[0])
        standing = [one for one in made if one.stands]
        return (standing or made)[-1]

    @property
    def replayed(self) -> Status | None:
        """The status that the standing steps lead to, by the rule table; None where a part was erased."""
        if any(one.erased for one in self.steps):
            return None
        kinds = [Kind(one.event.kind) for one in self.steps if one.stands]
        born = any(
            one.event.kind == Kind.COMMISSION or (one.event.kind == Kind.PACK and one.position == 0)
            for one in self.steps
            if one.stands and one.via is None
        )
        return status_after(kinds) if born else Status.VOID

    @property
    def stolen_since(self) -> datetime | None:
        """The earliest moment as of which a key was reported stolen that signed a standing step, where that
        step may be the thief's."""
        return min(
            (one.stolen_since for one in self.steps if one.stands and one.stolen_since),
            default=None,
        )

    def expired(self, *, on: date) -> bool:
        return self.batch is not None and self.batch.expiry < on


def status_after(kinds: Iterable[Kind]) -> Status:
    """The status that events of these kinds lead to, replayed by the rule table."""
    status = Status.ACTIVE
    for kind in kinds:
        status = RULES[kind].after or status
    return status


def each_once(steps: Sequence[Step]) -> list[Step]:
    """Each event one time: one that names a package and what it was in too (an inspection may) is told as
    the package's own."""
    told = {step.event.id: step for step in reversed(steps) if step.via is not None}
    told |= {step.event.id: step for step in steps if step.via is None}
    return [told[id] for id in dict.fromkeys(step.event.id for step in steps)]


def record_of(identity: Sgtin | Sscc) -> Record | None:
    """The record of a package, or None where it was never registered.

    Queries: one for the package, one per container around it, two per level of its history.
    """
    package = custody.find(identity.path)
    if package is None:
        return None
    return Record(package, custody.outermost(package), custody.history(package.id))


def product_of(question: Question) -> Product | None:
    """The product a code names, where it is registered. One query."""
    gtin = question.reading.gtin
    if gtin is None:
        return None
    return Product.objects.select_related("manufacturer").filter(gtin=gtin).first()
