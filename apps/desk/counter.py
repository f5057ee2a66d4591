"""What speaks against handing a pack out: the rules, and the label where it says something else than the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import find
from apps.custody.services.note_refusal import note_refusal
from apps.custody.services.stop_at_counter import UNANSWERED
from apps.desk.rehearsal import refusals_to
from apps.desk.views.events import paths_in
from apps.parties.actor import Actor
from apps.safety.services import report_mismatches
from apps.verify.moments import day
from apps.verify.question import Question
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.checks import UNDO_WINDOW
from pharmatrace.kernel.custody.kinds import Kind, Status
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc, package_ids
from pharmatrace.kernel.gs1.read import Reading
from pharmatrace.kernel.refusal import Refusal

SHOWN_TODAY = 8
MOST_OF_ONE_EVENT = 3
OF_THE_LABEL = ("lot_differs", "expiry_mismatch")


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the comparison. `label` is what the pack says, "" where its code does not tell."""

    name: str | Promise
    label: str
    record: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A pack at the counter. `refusals` are all that speaks against it, a stop that nobody has answered for too; `fields`
    label beside record."""

    identity: Sgtin | Sscc
    package: Package | None
    refusals: tuple[Refusal, ...]
    fields: tuple[Field, ...] = ()
    differs: bool = False

    @property
    def agrees(self) -> bool:
        """The label tells lot and expiry, both are as recorded, and nothing else speaks against the pack than an
        earlier stop: that may have been misread."""
        return _all_agree(self.fields) and {one.code for one in self.refusals} <= {UNANSWERED}


def label_agrees(reading: Reading, package: Package | None) -> bool:
    """Whether the label tells lot and expiry, and both are as recorded."""
    return _all_agree(_compared(reading, package))


def _all_agree(fields: Sequence[Field]) -> bool:
    return bool(fields) and all(one.label and not one.differs for one in fields)


def dispensing(identity: Sgtin | Sscc, *, actor: Actor, at: datetime) -> Event:
    return acts.act(Kind.DISPENSE, [identity.uri], site_gln=actor.site_gln, at=at)


def judge(
    reading: Reading, identity: Sgtin | Sscc, *, actor: Actor, at: datetime, by_rules: bool = True
) -> Judged:
    """Asks label and rules, and keeps what they say against it as a finding: a copy shows itself by being
    presented, whether or not somebody insists. Without `by_rules` only the label is asked; the rules decide when
    it is recorded."""
    package = find(identity.path)
    event = dispensing(identity, actor=actor, at=at)
    fields = _compared(reading, package)
    wrong = _differences(fields, identity.path)
    _note_label(wrong, package, event, actor=actor, at=at)
    refusals = refusals_to(event, actor=actor, at=at) if by_rules else ()
    if found := [one for one in refusals if one.code != UNANSWERED]:
        note_refusal(actor=actor, event=event, refusals=found, at=at)
    return Judged(identity, package, (*wrong, *refusals), fields, differs=bool(wrong))


def _compared(reading: Reading, package: Package | None) -> tuple[Field, ...]:
    if package is None or package.batch is None:
        return ()
    batch = package.batch
    differing = Question(reading.text, reading).differing(lot=batch.lot, expiry=batch.expiry)
    elements = reading.elements
    expiry = day(reading.expiry) if reading.expiry else elements.get("17", "")
    return (
        Field(gettext_lazy("Lot"), elements.get("10", ""), batch.lot, "lot" in differing),
        Field(gettext_lazy("Expiry"), expiry, day(batch.expiry), "expiry" in differing),
    )


def _differences(fields: Iterable[Field], path: str) -> list[Refusal]:
    """A copied serial shows itself like this."""
    named = {"packages": [path], "count": 1}
    sentences = (
        ("lot_differs", _("The label says lot %(label)s, the record says %(record)s.")),
        ("expiry_mismatch", _("The label says expiry %(label)s, the record says %(record)s.")),
    )
    return [
        Refusal(code, sentence % {"label": field.label, "record": field.record}, named)
        for field, (code, sentence) in zip(fields, sentences, strict=False)
        if field.differs
    ]


def _note_label(
    wrong: list[Refusal], package: Package | None, event: Event, *, actor: Actor, at: datetime
) -> None:
    """Kept once a day, and its maker is told."""
    if not wrong or package is None or package.batch is None:
        return
    with transaction.atomic():
        kept = note_refusal(actor=actor, event=event, refusals=wrong, at=at)
        report_mismatches(actor=actor, found=[(one, package.batch) for one in kept])


@dataclass(frozen=True, slots=True)
class Handed:
    """A pack that was dispensed here; `until` is the last moment at which that can be undone."""

    package: Package
    until: datetime


def handed(package: Package) -> Handed:
    return Handed(package, package.status_at + UNDO_WINDOW)


def just_dispensed(id: UUID, *, actor: Actor) -> Handed | None:
    """What the last press recorded, to be told and, if it was a mistake, undone."""
    package = (
        Package.objects.select_related("batch__product")
        .filter(id=id, custodian_id=actor.organisation_id, status=Status.SUPPLIED)
        .first()
    )
    return handed(package) if package else None


def dispensed_today(*, actor: Actor, at: datetime) -> list[Handed]:
    """What left this counter today (UTC) and did not come back, newest first. Two queries."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    documents: list[dict[str, Any]] = list(
        CustodyEvent.objects.filter(
            actor_id=actor.organisation_id,
            recorded_at__gte=today,
            kind=Kind.DISPENSE,
            site_id=actor.site_id,
        )
        .order_by("-recorded_at", "-id")
        .values_list("document", flat=True)[:SHOWN_TODAY]
    )
    paths = [path for one in documents for path in paths_in(one)[:MOST_OF_ONE_EVENT]]
    ids = list(dict.fromkeys(package_ids(paths)))[:SHOWN_TODAY]
    found = Package.objects.select_related("batch__product").in_bulk(ids)
    return [handed(found[id]) for id in ids if id in found and found[id].status == Status.SUPPLIED]
