"""note_refusal: what stopped a package where somebody only asked, kept like a refused event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from django.db import connection, transaction

from apps.custody.models import RefusedEvent
from apps.custody.outcomes import Outcome
from apps.custody.refusing import keep_refused
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import act_of
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refusal


@transaction.atomic
def note_refusal(
    *, actor: Actor, event: Event, refusals: Sequence[Refusal], at: datetime
) -> list[RefusedEvent]:
    """Keeps the finding that `event`, about one package, would be refused, and tells the floors above.

    The same finding (actor, package, first code) is kept once a day (UTC), however often it is asked.
    Returns what was kept; nothing where there are no refusals. Raises `Refused` for an unreadable event.
    """
    if not refusals:
        return []
    reason = next((one for one in refusals if one.data.get("packages")), refusals[0])
    path = next(iter(reason.data.get("packages", ())), "")
    if _kept_today(actor=actor, path=path, code=reason.code, at=at):
        return []
    outcome = Outcome("refused", kind=act_of(event).kind.value, refusals=tuple(refusals))
    document = orjson.dumps(write_event(event)).decode()
    return keep_refused([(document, outcome)], actor=actor, at=at)


def _kept_today(*, actor: Actor, path: str, code: str, at: datetime) -> bool:
    """Two who ask at once take turns, until the end of the transaction."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"note_refusal {actor.organisation_id} {path} {code}"],
        )
    return RefusedEvent.objects.filter(
        actor_id=actor.organisation_id,
        package_id=package_ids([path])[0] if path else None,
        code=code,
        recorded_at__gte=today,
    ).exists()
