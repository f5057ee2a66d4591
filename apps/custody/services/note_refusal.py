"""note_refusal: what stopped a package where somebody only asked, kept like a refused event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import orjson
from django.db import connection, transaction
from django.db.models import Q

from apps.custody.models import RefusedEvent
from apps.custody.outcomes import Outcome
from apps.custody.refusing import keep_refused
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import act_of
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refusal


def note_refusal(
    *, actor: Actor, event: Event, refusals: Sequence[Refusal], at: datetime
) -> list[RefusedEvent]:
    """Keeps the finding that `event`, about one package, would be refused, and tells the floors above.

    The same finding (actor, package, first code) is kept once a day (UTC), however often it is asked.
    Returns what was kept; nothing where there are no refusals. Raises `Refused` for an unreadable event.
    """
    return note_refusals(actor=actor, found=[(event, refusals)], at=at)


@transaction.atomic
def note_refusals(
    *, actor: Actor, found: Iterable[tuple[Event, Sequence[Refusal]]], at: datetime
) -> list[RefusedEvent]:
    """`note_refusal` for many events at once, in as few queries as for one."""
    named = {_named(refusals): (event, refusals) for event, refusals in found if refusals}
    if not named:
        return []
    kept = _kept_today(named, actor=actor, at=at)
    refused = [
        (
            orjson.dumps(write_event(event)).decode(),
            Outcome("refused", kind=act_of(event).kind.value, refusals=tuple(refusals)),
        )
        for finding, (event, refusals) in named.items()
        if finding not in kept
    ]
    return keep_refused(refused, actor=actor, at=at) if refused else []


Finding = tuple[str, str]
"""The path of a package, "" where none is named, and a code."""


def _named(refusals: Sequence[Refusal]) -> Finding:
    reason = next((one for one in refusals if one.data.get("packages")), refusals[0])
    return next(iter(reason.data.get("packages", ())), ""), reason.code


def _kept_today(wanted: Collection[Finding], *, actor: Actor, at: datetime) -> set[Finding]:
    """Two who ask at once take turns, until the end of the transaction."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    turns = sorted(f"note_refusal {actor.organisation_id} {path} {code}" for path, code in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(turn, 0)) FROM unnest(%s::text[]) turn",
            [turns],
        )
    paths = {path for path, _ in wanted if path}
    about = Q(package_id__in=package_ids(paths)) if paths else Q(pk__in=())
    if any(not path for path, _ in wanted):
        about |= Q(package_id=None)
    rows = RefusedEvent.objects.filter(
        about,
        actor_id=actor.organisation_id,
        code__in={code for _, code in wanted},
        recorded_at__gte=today,
    )
    return set(rows.values_list("package_path", "code"))
