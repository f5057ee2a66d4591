"""The morning at Petra's counter: a few patients were there already when the demo opens."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.custody.selectors import held_by
from apps.custody.services.capture import capture
from pharmatrace.demo.highlights import COUNTER, SOUND_LOT
from pharmatrace.demo.scenes import Scene, event_of
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind

PATIENTS = 4


def open_counter(world: World, *, at: datetime) -> None:
    """Dispenses a pack to each of them, the last one minutes ago. The pack on the poster stays on the shelf."""
    actor = world.actors[COUNTER]
    sound = held_by(actor.organisation_id).filter(
        level="pack", status="active", batch__recalled_at=None, batch__expiry__gte=at.date()
    )
    packs = sound.exclude(batch__lot=SOUND_LOT).order_by("id")[:PATIENTS]
    events = [
        event_of(Scene(at - timedelta(minutes=9 * n + 4), COUNTER, Kind.DISPENSE, (RESOLVER + pack.path,)))
        for n, pack in enumerate(packs)
    ]  # fmt: skip
    capture(actor=actor, events=events[::-1], at=at).raise_refused()
