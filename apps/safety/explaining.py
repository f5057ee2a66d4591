"""explain: what somebody did about a stop, or why they took something back. Kept for whoever asks later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from apps.custody.models import RefusedEvent, Stop
from apps.parties.actor import Actor
from apps.safety.models import STOPS, UNDOINGS, Explanation
from pharmatrace.kernel.refusal import Refused

MOST = 300


@transaction.atomic
def answer_stop(
    *, actor: Actor, stop_id: int, reason: str, note: str, at: datetime
) -> list[Explanation]:
    """What was done about a pack that stopped a counter of the actor's organisation: one row for each refused event of
    the stop, which then stands no more. Nothing where it was answered before.

    Raises `Refused`: `not_operator`, `reason_unknown`, `note_missing`, `note_too_long`, `stop_unknown`.
    """
    said = _said(actor, reason, note, among=STOPS, at=at)
    mine = Stop.objects.select_for_update(of=("self",)).filter(
        organisation_id=actor.organisation_id
    )
    stop = mine.filter(pk=stop_id).first()
    if stop is None:
        raise Refused.one("stop_unknown", "There is no such stop at your counters.")
    if stop.answered_at is not None:
        return []
    stop.answered_at, stop.answered_by_id = at, actor.user_id
    stop.save(update_fields=["answered_at", "answered_by"])
    kept = RefusedEvent.objects.filter(pk__in=stop.findings)  # some may have been erased since
    return Explanation.objects.bulk_create(
        Explanation(refused_id=refused_id, **said)
        for refused_id in kept.values_list("pk", flat=True)
    )


@transaction.atomic
def explain_undo(
    *, actor: Actor, event_ids: Iterable[int], reason: str, note: str, at: datetime
) -> list[Explanation]:
    """One row for each event that takes something back. Raises `Refused` like `answer_stop`."""
    said = _said(actor, reason, note, among=UNDOINGS, at=at)
    return Explanation.objects.bulk_create(
        Explanation(event_id=event_id, **said) for event_id in event_ids
    )


def _said(
    actor: Actor, reason: str, note: str, *, among: Collection[str], at: datetime
) -> dict[str, object]:
    if not actor.may_operate or actor.user_id is None:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    if reason not in among:
        raise Refused.one("reason_unknown", "Choose what was done.", field="reason")
    note = " ".join(note.replace("\0", " ").split())
    if reason == Explanation.Reason.OTHER and not note:
        raise Refused.one("note_missing", "Say in a few words what it was.", field="note")
    if len(note) > MOST:
        raise Refused.one(
            "note_too_long", f"At most {MOST} characters, please.", field="note", most=MOST
        )
    return {
        "organisation_id": actor.organisation_id,
        "user_id": actor.user_id,
        "reason": reason,
        "note": note,
        "explained_at": at,
    }
