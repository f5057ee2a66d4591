"""The sender affirms the transaction statement; nobody does it for them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from apps.exchange.dscsa.models import TransactionStatement
from apps.exchange.dscsa.shipment import Shipment
from apps.parties.actor import Actor
from apps.parties.selectors import parties_by_gln
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def affirm_statement(*, actor: Actor, shipment: Shipment, at: datetime) -> None:
    """Notes who of the sender's people affirmed the seven statements about every event of the shipment; what
    was affirmed before stays. Raises Refused: `not_sender`, `not_operator`, `not_licensed` (statement A could
    not be true)."""
    if actor.organisation_id != shipment.sender.pk:
        raise Refused.one(
            "not_sender", f"{shipment.sender.name} makes this statement, nobody else."
        )
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    for event in shipment.events:
        on = event.occurred_at.astimezone(UTC).date()
        if not parties_by_gln([actor.gln], on=on)[actor.gln].activities:
            raise Refused.one(
                "not_licensed",
                f"{actor.name} had no licence on {on.isoformat()}, as far as we know.",
            )
    TransactionStatement.objects.bulk_create(
        [
            TransactionStatement(event_id=one.pk, affirmed_by_id=actor.user_id, affirmed_at=at)
            for one in shipment.events
        ],
        ignore_conflicts=True,
    )
