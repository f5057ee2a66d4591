"""sign: one signature for what is on the list. Signing twice is signing once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.custody.outcomes import CaptureResult
from apps.custody.services import capture
from apps.desk.models import ScanLine, ScanSession, SessionEvent
from apps.desk.orders.services import close_if_complete
from apps.desk.recording import in_events, overtaken, recorded, refusals_of
from apps.desk.sessions.change_lines import MAY_BE_REFUSED
from apps.desk.sessions.events import event_for
from apps.desk.sessions.receipt import receipt_of
from apps.desk.sessions.trees import above
from apps.desk.sessions.turns import take_turn
from apps.desk.sessions.weighing import GOOD, REPEAT, weigh
from apps.parties.actor import Actor
from pharmatrace.kernel.epcis.model import Event, whole_milliseconds
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refusal, Refused

HANDED_OVER_NOW = (
    "ship",
    "return",
)  # goods leave when the papers are signed, not when they were picked


@dataclass(frozen=True, slots=True)
class Signature:
    """`signed` is False where something on the list changed since it was scanned, or a rule spoke against it:
    then nothing was recorded. `first` is False for an answer given before."""

    session: ScanSession
    signed: bool
    first: bool = True
    refusals: tuple[Refusal, ...] = ()


def sign(
    *, actor: Actor, session_id: UUID, at: datetime, whole: Collection[UUID] = ()
) -> Signature:
    """Records what counts, in one capture of few events, and closes the session.

    What a colleague recorded meanwhile is left out and told. `whole`: see `receipt_of`. Raises `Refused`: like
    `take_turn`, and `session_dropped`, `nothing_to_sign`.
    """
    with transaction.atomic():
        session = take_turn(actor=actor, session_id=session_id)
        if session.state == ScanSession.State.SIGNED:
            return Signature(session, signed=True, first=False)
        if not session.is_open:
            raise Refused.one("session_dropped", _("This session was dropped; nothing is recorded."))  # fmt: skip
        lines = _lines(session)
        if not lines:
            raise Refused.one("nothing_to_sign", _("Nothing on the list counts yet."))
        changed, done = _weigh_again(session, lines, actor=actor, at=at)
        if changed:
            return Signature(session, signed=False, refusals=changed)
        counting = [line for line in lines if line.pk not in done]
        result, missing = _record(session, counting, whole, actor=actor, at=at)
        if not result.ok:
            return Signature(session, signed=False, refusals=tuple(refusals_of(result)))
        _close(session, result, counting, already=len(done), missing=missing, actor=actor, at=at)
        return Signature(session, signed=True)


def _lines(session: ScanSession) -> list[ScanLine]:
    """What counts, and what is refused on arrival: it came inside a container that counts, or its label differs."""
    lines = session.lines.filter(removed_at=None).order_by("id")
    return [
        line
        for line in lines
        if line.outcome == GOOD or (line.reason and line.code in MAY_BE_REFUSED)
    ]


def _weigh_again(
    session: ScanSession, lines: Sequence[ScanLine], *, actor: Actor, at: datetime
) -> tuple[tuple[Refusal, ...], set[int]]:
    """What speaks against lines by now, and the lines that are done already. The packages stay locked."""
    weighed = weigh(
        session,
        {line.package_id: line.path for line in lines if line.package_id},
        actor=actor,
        at=at,
    )
    refusals: dict[str, Refusal] = {}
    done: set[int] = set()
    changed = []
    for line in lines:
        assert line.package_id is not None
        now = weighed[line.package_id]
        if now.outcome == GOOD:
            continue
        if now.outcome == REPEAT:
            done.add(line.pk)
        else:
            refusals.setdefault(now.code, Refusal(now.code, now.sentence, {"packages": [line.path], "count": 1}))  # fmt: skip
        line.outcome, line.code, line.sentence, line.covers = now.outcome, now.code, now.sentence, 0
        changed.append(line)
    ScanLine.objects.bulk_update(changed, ["outcome", "code", "sentence", "covers"])
    return tuple(refusals.values()), done


def _record(
    session: ScanSession,
    lines: Sequence[ScanLine],
    whole: Collection[UUID],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[CaptureResult, list[str]]:
    """The capture, and the paths of what of opened containers did not arrive."""
    if not lines:
        return CaptureResult(), []
    missing: list[str] = []
    if session.kind == ScanSession.Kind.RECEIVE:
        receipt = receipt_of(lines, whole=whole)
        missing = [receipt.tree.paths[id] for id in receipt.settled.missing]

        def events(moment: datetime) -> list[Event]:
            return receipt.events(actor=actor, at=moment)
    else:
        uris = [ID_STEM + path for path in _named(session, lines)]

        def events(moment: datetime) -> list[Event]:
            return [
                event_for(session, portion, actor=actor, at=moment) for portion in in_events(uris)
            ]

    wanted = events(_moment(session, lines, at))
    if not wanted:
        return CaptureResult(), missing
    if overtaken(wanted, moment=wanted[0].event_time) or recorded(wanted):
        wanted = events(whole_milliseconds(at))
    return capture(actor=actor, events=wanted, at=at), missing


def _named(session: ScanSession, lines: Sequence[ScanLine]) -> list[str]:
    """What the events name. A count names only what lies in nothing: what is packed was seen with its container."""
    if session.kind != ScanSession.Kind.COUNT:
        return [line.path for line in lines]
    packed = above([line.package_id for line in lines if line.package_id])
    return [line.path for line in lines if line.package_id not in packed]


def _moment(session: ScanSession, lines: Sequence[ScanLine], at: datetime) -> datetime:
    """When it happened: at the last scan, by the device's clock, which is not believed about the future."""
    if session.kind in HANDED_OVER_NOW:
        return whole_milliseconds(at)
    return whole_milliseconds(min(max(line.scanned_at for line in lines), at))


def _close(
    session: ScanSession,
    result: CaptureResult,
    lines: Sequence[ScanLine],
    *,
    already: int,
    missing: list[str],
    actor: Actor,
    at: datetime,
) -> None:
    ids = [outcome.event_id for outcome in result.outcomes if outcome.event_id]
    session.state = ScanSession.State.SIGNED
    session.closed_at, session.closed_by_id = at, actor.user_id
    session.result = _told(lines, already=already, missing=missing, events=ids)
    session.save(update_fields=["state", "closed_at", "closed_by", "result"])
    if session.order is not None:
        close_if_complete(session.order, at=at)
    SessionEvent.objects.bulk_create(
        [SessionEvent(event_id=id, session=session) for id in ids], ignore_conflicts=True
    )


def _told(
    lines: Sequence[ScanLine], *, already: int, missing: list[str], events: list[int]
) -> dict[str, Any]:
    refused = [line for line in lines if line.reason]
    return {
        "packs": sum(line.covers for line in lines if not line.reason),
        "recorded": len(lines) - len(refused),
        "refused": len(refused),
        "already": already,
        "missing": missing[:200],
        "events": events,
    }
