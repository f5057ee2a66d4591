"""Wrong rows come off; what is not accepted is marked. Both before the signature."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.judging import judge
from apps.desk.sessions.turns import take_open
from apps.desk.wording import REASONS
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused

MAY_BE_REFUSED = ("", "inside_scanned", "lot_differs", "expiry_mismatch")  # what did arrive
AGAIN = ("already_scanned", "inside_scanned", "enough_picked")  # what hangs on other lines


@transaction.atomic
def remove_line(*, actor: Actor, session_id: UUID, line_id: int, at: datetime) -> ScanLine:
    """Takes a line off the list; taking it off twice is once. What was a repeat of it may count now.

    Raises `Refused` like `take_open`, and `line_unknown`.
    """
    session = take_open(actor=actor, session_id=session_id)
    line = _line(session, line_id)
    if line.removed_at is None:
        line.removed_at = at
        line.save(update_fields=["removed_at"])
        session.changed_at = at
        session.save(update_fields=["changed_at"])
        if line.outcome == ScanLine.Outcome.GOOD:
            _judge_again(session, line, actor=actor, at=at)
    return line


def _judge_again(session: ScanSession, removed: ScanLine, *, actor: Actor, at: datetime) -> None:
    """The lines that hung on the removed one: repeats of it, and containers that left its packs out."""
    lines = list(
        ScanLine.objects.filter(session=session, removed_at=None, code__in=AGAIN).order_by("id")
    )
    containers = ScanLine.objects.filter(
        session=session, removed_at=None, outcome=ScanLine.Outcome.GOOD
    ).exclude(path__startswith="01/0")
    lines += list(containers.order_by("id"))
    if not lines:
        return
    ScanLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        outcome=ScanLine.Outcome.REPEAT, code="already_scanned", covers=0
    )
    judged = judge(session, [read(line.text) for line in lines], actor=actor, at=at)
    for line, said in zip(lines, judged, strict=True):
        line.outcome, line.code, line.sentence = said.outcome, said.code, said.sentence
        line.covers = said.covers
    ScanLine.objects.bulk_update(lines, ["outcome", "code", "sentence", "covers"])


@transaction.atomic
def refuse_line(
    *, actor: Actor, session_id: UUID, line_id: int, reason: str, at: datetime
) -> ScanLine:
    """Marks what arrived and is not accepted; an empty reason takes the mark back.

    Raises `Refused` like `take_open`, and `line_unknown`, `reason_unknown`, `nothing_arrives` in other sessions than a
    receipt: they record everything that counts.
    """
    session = take_open(actor=actor, session_id=session_id)
    if session.kind != ScanSession.Kind.RECEIVE:
        raise Refused.one(
            "nothing_arrives", _("Only what arrives can be refused. Take the line off.")
        )
    if reason and reason not in REASONS:
        raise Refused.one("reason_unknown", _("Choose one of the reasons."), field="reason")
    line = _line(session, line_id)
    line.reason = reason
    line.save(update_fields=["reason"])
    session.changed_at = at
    session.save(update_fields=["changed_at"])
    return line


def _line(session: ScanSession, line_id: int) -> ScanLine:
    line = session.lines.filter(pk=line_id).first()
    if line is None:
        raise Refused.one("line_unknown", _("There is no such line in this session."))
    return line
