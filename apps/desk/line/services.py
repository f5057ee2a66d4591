"""Verbs of a packing line: start, scan, close a case, stop. Sent twice, each is done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.desk.line_models import LineCase, PackingLine
from apps.desk.models import ScanLine
from apps.desk.scans import read_scan
from apps.desk.sessions.add_scans import Answered, Scan, add_scans
from apps.desk.sessions.drop import drop
from apps.desk.sessions.open_session import open_session
from apps.desk.sessions.sign import sign
from apps.labels.services import next_sscc
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.identifiers import Sscc
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_IN_A_CASE = 1_999


@dataclass(frozen=True, slots=True)
class Said:
    """What one scan at the line came to. `closed` is the case it filled."""

    outcome: str
    sentence: str
    closed: LineCase | None = None


@transaction.atomic
def start_line(
    *, actor: Actor, id: UUID, batch: Batch, size: int, label: str, at: datetime
) -> PackingLine:
    """A line with its first case open. The same id is the same line. Raises `Refused`: `case_size`, as
    `open_session` and `next_sscc`."""
    if not 1 <= size <= MOST_IN_A_CASE:
        raise Refused.one("case_size", _("A case holds 1 to 1,999 packs."), field="size")
    line, is_new = PackingLine.objects.get_or_create(
        id=id,
        defaults={
            "batch": batch, "site_id": actor.site_id, "size": size, "label": label,
            "opened_by_id": actor.person_id, "opened_at": at,
        },
    )  # fmt: skip
    if is_new:
        _open_case(line, actor=actor, number=1, at=at)
    return line


def _open_case(line: PackingLine, *, actor: Actor, number: int, at: datetime) -> LineCase:
    number_of_case = next_sscc(organisation_id=actor.organisation_id)
    session = open_session(
        actor=actor, id=uuid4(), kind="pack", container=Sscc(number_of_case).path, at=at
    )
    return LineCase.objects.create(line=line, number=number, session=session)


def scan_pack(*, actor: Actor, line: PackingLine, case: int, scan: Scan, at: datetime) -> Said:
    """Puts a pack into case `case`; the last one closes it, which is one aggregation event, and opens the next.

    A scan that was sent before is answered as it was. Raises `Refused` as `add_scans`, and `line_closed`.
    """
    with transaction.atomic():
        line = _turn(line)
        open_case = _open(line, actor=actor, at=at)
        if case != open_case.number and not _known(scan.id):
            return Said("stop", _("A colleague closed that case. Scan the pack again for case %(n)d.") % {"n": open_case.number})  # fmt: skip
        wrong = _of_another_batch(line, scan.raw)
        if wrong is not None:
            return Said("stop", wrong.sentence)
        (answered,) = add_scans(actor=actor, session_id=open_case.session_id, scans=[scan], at=at)
        said = _said(answered)
        if said.outcome != ScanLine.Outcome.GOOD or packed(open_case) < line.size:
            return said
        refusals = _close(line, open_case, actor=actor, at=at)
        if (
            refusals
        ):  # a pack in the case may not be there any more: it counts no longer, and is told
            return Said(ScanLine.Outcome.STOP, " ".join(one.sentence for one in refusals))
        return Said(said.outcome, said.sentence, open_case)


def close_case(*, actor: Actor, line: PackingLine, case: int, at: datetime) -> LineCase:
    """Closes case `case` before it is full (the end of a batch). One that is closed already stays as it is.

    Raises `Refused`: `line_closed`, `nothing_to_sign`, `case_unknown`, and what speaks
    against the packs in it.
    """
    with transaction.atomic():
        line = _turn(line)
        found = line.cases.select_related("session").filter(number=case).first()
        if found is None:
            raise Refused.one("case_unknown", _("There is no such case on this line."))
        if not found.session.is_open:
            return found
        refusals = _close(line, found, actor=actor, at=at)
    if refusals:
        raise Refused(refusals)
    return found


def _close(line: PackingLine, case: LineCase, *, actor: Actor, at: datetime) -> tuple[Refusal, ...]:
    """Signs the case and opens the next; what speaks against it otherwise, and then the case stays open."""
    signature = sign(actor=actor, session_id=case.session_id, at=at)
    if not signature.signed:
        return signature.refusals
    _open_case(line, actor=actor, number=case.number + 1, at=at)
    return ()


@transaction.atomic
def stop_line(*, actor: Actor, line: PackingLine, at: datetime) -> None:
    """No further case; what lies in the open one is not recorded. A second time changes nothing."""
    held = PackingLine.objects.select_for_update().get(pk=line.pk)
    if held.closed_at is not None:
        return
    drop(actor=actor, session_id=_case(held).session_id, at=at)
    held.closed_at = at
    held.save(update_fields=["closed_at"])


def _turn(line: PackingLine) -> PackingLine:
    held = (
        PackingLine.objects.select_for_update(of=("self",)).select_related("batch").get(pk=line.pk)
    )
    if held.closed_at is not None:
        raise Refused.one("line_closed", _("This line was stopped. Start it again."))
    return held


def _open(line: PackingLine, *, actor: Actor, at: datetime) -> LineCase:
    """The open case; a new one where the last was signed or dropped on the page of its session."""
    case = _case(line)
    if case.session.is_open:
        return case
    return _open_case(line, actor=actor, number=case.number + 1, at=at)


def _case(line: PackingLine) -> LineCase:
    case = line.cases.select_related("session").order_by("-number").first()
    assert case is not None
    return case


def packed(case: LineCase) -> int:
    """How many packs are in the open case so far."""
    return ScanLine.objects.filter(
        session_id=case.session_id, outcome=ScanLine.Outcome.GOOD, removed_at=None
    ).count()


def _known(scan_id: UUID) -> bool:
    return ScanLine.objects.filter(scan_id=scan_id).exists()


def _of_another_batch(line: PackingLine, raw: str) -> Refusal | None:
    """One batch to a case: what the label of the case says must be true of all inside."""
    identity = read_scan(raw).identity
    if identity is None:
        return None
    found = Package.objects.select_related("batch").filter(pk=identity.package_id).first()
    if found is None or found.batch_id == line.batch_id:
        return None
    lot = found.batch.lot if found.batch else identity.path
    return Refusal(
        "other_batch",
        _("This is not of lot %(lot)s but of %(other)s; it does not belong in this case.")
        % {"lot": line.batch.lot, "other": lot},
    )


def _said(answered: Answered) -> Said:
    if answered.line is None:
        assert answered.refusal is not None
        return Said("stop", answered.refusal.sentence)
    return Said(answered.line.outcome, answered.line.sentence)
