"""Refused scans are kept: a serial that shows up where it cannot be is how a copy is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.custody.models import RefusedEvent
from apps.custody.outcomes import Outcome
from apps.custody.signals import events_refused
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import package_ids


def keep_refused(
    refused: Sequence[tuple[Event, Act | None, Outcome]], *, actor: Actor, at: datetime
) -> None:
    """Writes one row per refused event, with its first reason and the first package any reason names,
    and tells the floors above."""
    if not refused:
        return
    rows = RefusedEvent.objects.bulk_create(
        [_row(event, outcome, actor=actor, at=at) for event, _, outcome in refused]
    )
    events_refused.send(sender=RefusedEvent, actor=actor, refused=rows)


def _row(event: Event, outcome: Outcome, *, actor: Actor, at: datetime) -> RefusedEvent:
    reason = outcome.refusals[0]
    path = next((one.data["packages"][0] for one in outcome.refusals if "packages" in one.data), "")
    return RefusedEvent(
        actor_id=actor.organisation_id,
        kind=outcome.kind,
        package_id=package_ids([path])[0] if path else None,
        package_path=path[:80],
        code=reason.code,
        sentence=" ".join(one.sentence for one in outcome.refusals),
        document=write_event(event),
        recorded_at=at,
    )
