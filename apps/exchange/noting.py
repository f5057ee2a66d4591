"""What an authority's machines are told is a look of that authority (apps/oversight/looks)."""

from __future__ import annotations

from datetime import datetime

from apps.custody.models import CustodyEvent
from apps.exchange.models import Delivery
from apps.exchange.sight import sees_all
from apps.exchange.subscribing import reader_of_subscription
from apps.exchange.webhooks.posting import host_of
from apps.oversight.looks import note_look, parties_to
from apps.oversight.models import AccessRecord


def note_told(delivery: Delivery, *, at: datetime) -> None:
    """Notes that a report of events goes out to an authority; of one without events nobody's data is told. Sent again
    it is the same look. Two queries for an authority, none for others."""
    subscription = delivery.subscription
    reader = reader_of_subscription(subscription)
    if isinstance(reader, str) or not sees_all(reader) or not delivery.events:
        return
    sides = CustodyEvent.objects.filter(pk__in=delivery.events)
    note_look(
        membership=reader,
        kind=AccessRecord.Kind.DELIVERY,
        subject=f"{subscription.query.name} → {host_of(subscription.dest)}",
        concerned=parties_to(sides.only("actor_id", "reporter_id", "counterparty_id")),
        at=at,
    )
