"""Would it be accepted? The same rules that decide later, asked beforehand; nothing is written."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.custody.loading import load
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import act_of
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused


def refusals_to(event: Event, *, actor: Actor, at: datetime) -> tuple[Refusal, ...]:
    """Every reason `capture` would give against `event` now; none where it would be accepted."""
    try:
        act = act_of(event)
        with transaction.atomic():
            loaded = load(
                acts=[act], actor_id=actor.organisation_id, actor_gln=actor.gln, on=at.date()
            )
        decide(loaded.states, act, loaded.actor, at, world=loaded.world)
    except Refused as refused:
        return refused.refusals
    return ()
