"""What was stopped in a basket is kept and told like a stop at the counter: a copy shows itself by being presented,
whether or not anybody signs for it. Where the label differs, which no rule will find again, the pack stays stopped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.custody.models import Package
from apps.custody.services.note_refusal import note_refusals
from apps.custody.services.stop_at_counter import UNANSWERED, stop_at_counter
from apps.desk.counter import OF_THE_LABEL
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.events import event_for
from apps.parties.actor import Actor
from apps.safety.services import report_mismatch
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refusal

STOPPED = (ScanLine.Outcome.STOP, ScanLine.Outcome.UNKNOWN)


def note_stops(
    session: ScanSession, lines: Iterable[ScanLine], *, actor: Actor, at: datetime
) -> None:
    """Call it in the transaction of the scans. A handful of queries where something was stopped, else none; a few
    more for each label that differs."""
    if session.kind != ScanSession.Kind.DISPENSE:
        return
    found = [
        (
            event_for(session, [ID_STEM + line.path], actor=actor, at=at),
            [Refusal(line.code, line.sentence, {"packages": [line.path], "count": 1})],
        )
        for line in lines
        if line.path and line.outcome in STOPPED and line.code != UNANSWERED
    ]
    if not found:
        return
    kept = [
        one for one in note_refusals(actor=actor, found=found, at=at) if one.code in OF_THE_LABEL
    ]
    rows = Package.objects.filter(id__in=[one.package_id for one in kept], batch__isnull=False)
    batches = {row.pk: row.batch for row in rows.select_related("batch__product")} if kept else {}
    for one in kept:
        batch = batches.get(one.package_id) if one.package_id else None
        if batch is not None:
            report_mismatch(actor=actor, finding=one, batch=batch, sentence=one.sentence)
    for _event, (refusal,) in found:
        if refusal.code in OF_THE_LABEL:
            path = refusal.data["packages"][0]
            stop_at_counter(actor=actor, path=path, refusals=[refusal], at=at)
