"""What was stopped in a basket is kept and told like a stop at the counter: a copy shows itself by being presented,
whether or not anybody signs for it. Where the label differs, which no rule will find again, the pack stays stopped.

Of what arrives, a label that differs is kept and told: the pack was changed, or copied, before it came here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from apps.custody.models import Package, RefusedEvent
from apps.custody.services.note_refusal import note_refusals
from apps.custody.services.stop_at_counter import UNANSWERED, stop_at_counter
from apps.desk.counter import OF_THE_LABEL
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.events import event_for, receipt_for
from apps.parties.actor import Actor
from apps.safety.services import report_mismatches
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refusal

STOPPED = (ScanLine.Outcome.STOP, ScanLine.Outcome.UNKNOWN)
DISPENSE, RECEIVE = ScanSession.Kind.DISPENSE, ScanSession.Kind.RECEIVE


def note_stops(
    session: ScanSession, lines: Iterable[ScanLine], *, actor: Actor, at: datetime
) -> None:
    """Call it in the transaction of the scans. A handful of queries where something is found, else none; a few more for
    each label that differs in a basket."""
    found = [
        (
            _event(session, ID_STEM + line.path, actor=actor, at=at),
            [Refusal(line.code, line.sentence, {"packages": [line.path], "count": 1})],
        )
        for line in lines
        if line.path and _is_finding(session, line)
    ]
    if not found:
        return
    kept = note_refusals(actor=actor, found=found, at=at)
    _tell([one for one in kept if one.code in OF_THE_LABEL], actor=actor)
    if session.kind != DISPENSE:
        return
    for _asked, (refusal,) in found:
        if refusal.code in OF_THE_LABEL:
            path = refusal.data["packages"][0]
            stop_at_counter(actor=actor, path=path, refusals=[refusal], at=at)


def _is_finding(session: ScanSession, line: ScanLine) -> bool:
    if session.kind == DISPENSE:
        return line.outcome in STOPPED and line.code != UNANSWERED
    return session.kind == RECEIVE and line.code in OF_THE_LABEL


def _event(session: ScanSession, uri: str, *, actor: Actor, at: datetime) -> Event:
    """What would have been recorded."""
    if session.kind == RECEIVE:
        return receipt_for(
            [uri], sender=session.party, reference=session.reference, actor=actor, at=at
        )
    return event_for(session, [uri], actor=actor, at=at)


def _tell(kept: Sequence[RefusedEvent], *, actor: Actor) -> None:
    """Whoever scanned it and the maker. Three queries, none where nothing is new."""
    if not kept:
        return
    rows = Package.objects.filter(id__in=[one.package_id for one in kept], batch__isnull=False)
    batches = {row.pk: row.batch for row in rows.select_related("batch__product")}
    report_mismatches(
        actor=actor,
        found=[
            (one, batch)
            for one in kept
            if one.package_id and (batch := batches.get(one.package_id)) is not None
        ],
    )
