"""stop_at_counter: a pack was stopped, and stays stopped for its pharmacy until somebody answers for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.custody.models import RefusedEvent, Stop
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refusal

UNANSWERED = "stop_unanswered"
"""The rule's code (kernel/custody/checks.py): it speaks of a stop, and is none itself."""


@transaction.atomic
def stop_at_counter(
    *,
    actor: Actor,
    path: str,
    refusals: Sequence[Refusal],
    compared: Sequence[dict[str, Any]] = (),
    at: datetime,
) -> Stop | None:
    """From now on nobody of the actor's organisation dispenses the pack `path`. Where it is stopped already, what is new
    is added to that stop. `compared` is label beside record, as it is to be shown.

    None where nothing stops it: no finding was kept of these refusals (`note_refusal`), and it was not stopped before.
    """
    id = package_ids([path])[0]
    refusals = [one for one in refusals if one.code != UNANSWERED]
    findings = _findings(id, {one.code for one in refusals}, actor=actor, at=at)
    told = [{"code": one.code, "sentence": one.sentence} for one in refusals]
    standing = Stop.objects.select_for_update(of=("self",))
    mine = {"organisation_id": actor.organisation_id, "package_id": id, "answered_at": None}
    if not findings:
        return standing.filter(**mine).first()
    stop, is_new = standing.get_or_create(
        **mine,
        defaults={
            "package_path": path, "findings": findings, "refusals": told, "compared": list(compared),
            "stopped_at": at,
        },
    )  # fmt: skip
    if not is_new:
        stop.findings = sorted({*stop.findings, *findings})
        stop.refusals = list({one["code"]: one for one in (*stop.refusals, *told)}.values())
        stop.compared = list(compared) or stop.compared
        stop.save(update_fields=["findings", "refusals", "compared"])
    return stop


def _findings(id: UUID, codes: Collection[str], *, actor: Actor, at: datetime) -> list[int]:
    """The refused events of today that these refusals were kept as."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = RefusedEvent.objects.filter(
        actor_id=actor.organisation_id, package_id=id, code__in=codes, recorded_at__gte=today
    )
    return list(kept.values_list("id", flat=True)) if codes else []
