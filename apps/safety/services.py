"""Safety's verbs: recall a batch, report a label that differs, close an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from apps.catalog.models import Batch
from apps.catalog.services import recall_batch
from apps.custody.models import RefusedEvent
from apps.parties.actor import Actor
from apps.parties.countries import in_english
from apps.parties.models import User
from apps.safety.models import Alert, Recall
from apps.safety.selectors import holders_of
from pharmatrace.kernel.refusal import Refused

LONGEST_NOTE = 500


@transaction.atomic
def recall(
    *,
    actor: Actor,
    user: User,
    batch: Batch,
    severity: str,
    reason: str,
    instruction: str,
    at: datetime,
) -> Recall:
    """Stops a batch everywhere and tells whoever holds any of it, one alert each.

    The manufacturer or a regulator may. Raises `Refused`: `not_yours_to_recall`, `already_recalled`.
    """
    mine = batch.product.manufacturer_id == actor.organisation_id
    if not actor.may_operate or not (mine or actor.kind == "regulator"):
        raise Refused.one(
            "not_yours_to_recall", "Only the manufacturer or a regulator can recall a batch."
        )
    _wait_for_captures()
    batch = Batch.objects.select_for_update(of=("self",)).select_related("product").get(id=batch.id)
    if batch.recalled_at is not None:
        raise Refused.one("already_recalled", f"Batch {batch.lot} was already recalled.")
    recall_batch(batch=batch, reason=reason, at=at)
    issued = Recall.objects.create(
        batch=batch,
        severity=severity,
        reason=reason,
        instruction=instruction,
        issued_by_id=actor.organisation_id,
        issued_by_user=user,
        issued_at=at,
    )
    told = f"Recall of {batch.product.name}, lot {batch.lot}: {reason} {instruction}"
    Alert.objects.bulk_create(
        Alert(
            kind=Alert.Kind.RECALLED,
            batch=batch,
            raised_for_id=holder,
            sentence=told,
            raised_at=at,
        )
        for holder in holders_of(batch.id)
    )
    return issued


def _wait_for_captures() -> None:
    """Whoever captures right now read the batch as sound: what they move must be seen here. Those who
    come later wait until the recall stands. Recalls are rare, and this holds for the time of one query."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE custody_package IN EXCLUSIVE MODE")


def report_mismatches(*, actor: Actor, found: Sequence[tuple[RefusedEvent, Batch]]) -> None:
    """Labels that differ from the record, as their findings say: whoever scanned the pack and its maker are told, one
    alert each, and once for each pack that the actor presents as long as that alert is open. That a finding is told once
    is the caller's business. Two queries, none for nothing found."""
    if not found:
        return
    open_ones = Alert.objects.filter(
        kind=Alert.Kind.MISMATCH,
        package_id__in=[finding.package_id for finding, _batch in found],
        closed_at=None,
        refused__actor_id=actor.organisation_id,
    )
    told = set(open_ones.values_list("package_id", "raised_for_id"))
    Alert.objects.bulk_create(
        Alert(
            kind=Alert.Kind.MISMATCH,
            package_id=finding.package_id,
            package_path=finding.package_path,
            batch=batch,
            refused=finding,
            raised_for_id=party,
            sentence=f"{finding.package_path} was presented by a {actor.kind} in {in_english(actor.country)} with "
            f"another label. {finding.sentence}",
            raised_at=finding.recorded_at,
        )
        for finding, batch in found
        for party in {actor.organisation_id, batch.product.manufacturer_id}
        if (finding.package_id, party) not in told
    )


def close_alert(*, alert: Alert, at: datetime, by: User | None = None, note: str = "") -> None:
    """`by` looked into it, and `note` says what came of it. Closing twice changes nothing.

    Raises `Refused`: `note_too_long`.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refused.one(
            "note_too_long", f"A closing note has at most {LONGEST_NOTE} letters.", field="note"
        )
    Alert.objects.filter(id=alert.pk, closed_at__isnull=True).update(
        closed_at=at, closed_by=by, closing_note=note
    )
