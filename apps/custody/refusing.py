"""Refused scans are kept: a serial that shows up where it cannot be is how a copy is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson

from apps.custody.models import RefusedEvent
from apps.custody.outcomes import Outcome
from apps.custody.signals import events_refused
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refusal


def keep_refused(
    refused: Sequence[tuple[str, Outcome]], *, actor: Actor, at: datetime
) -> list[RefusedEvent]:
    """Keeps what was refused and tells the floors above.

    `refused` are pairs of an event's canonical JSON and its outcome. One row per event and package that a
    reason names (as many as a reason names, see `kernel.custody.checks`), with the first reason that does;
    an event whose reasons name none has one row.
    """
    rows = [
        RefusedEvent(
            actor_id=actor.organisation_id,
            kind=outcome.kind,
            package_id=package_ids([path])[0] if path else None,
            package_path=path,
            code=reason.code,
            sentence=" ".join(one.sentence for one in outcome.refusals),
            document=orjson.loads(document) if document else {},
            recorded_at=at,
        )
        for document, outcome in refused
        for path, reason in _named(outcome.refusals)
    ]
    if rows:
        RefusedEvent.objects.bulk_create(rows)
        events_refused.send(sender=RefusedEvent, actor=actor, refused=rows)
    return rows


def _named(refusals: Sequence[Refusal]) -> Iterator[tuple[str, Refusal]]:
    first: dict[str, Refusal] = {}
    for reason in refusals:
        for path in reason.data.get("packages", ()):
            first.setdefault(path, reason)
    yield from first.items() or [("", refusals[0])]
