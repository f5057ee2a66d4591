"""What waits to be sealed, and why it does not go on: for people, read-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Head, Pending
from apps.ledger.services.publish import log_signer
from apps.ledger.services.seal import check_head

LONG = timedelta(minutes=1)  # sealing takes about a second


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many statements wait, and for how long the oldest has."""

    count: int
    age: timedelta

    @property
    def too_long(self) -> bool:
        return self.age >= LONG

    def __str__(self) -> str:
        return (
            f"{self.count} signed statement{'s' * (self.count != 1)} wait to be sealed, the oldest"
            f" for {int(self.age.total_seconds())} s"
        )


def waiting(*, now: datetime) -> Waiting | None:
    """None when nothing waits. Two queries."""
    oldest = Pending.objects.order_by("statement_id").values_list("statement__signed_at", flat=True)
    signed_at = oldest.first()
    if signed_at is None:
        return None
    return Waiting(Pending.objects.count(), max(now - signed_at, timedelta(0)))


def why_stopped() -> str | None:
    """What the sealer would say if it were asked now; None when it would seal.

    Ask it on the machine of the sealer: only there are the log's key and its journal.
    """
    head = Head.objects.first()
    if head is None:
        return None
    try:
        check_head(head)
        log_signer(head.origin, head.size)
    except SealingStopped as stopped:
        return str(stopped)
    return None
