"""freeze_log: this log ends with its newest checkpoint, for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.ledger.models import Checkpoint, Freeze, Head
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def freeze_log(*, reason: str, at: datetime) -> Freeze:
    """Nothing is sealed any more, whatever happens to the keys or the settings. The final checkpoint is the newest
    that was signed; it is served for ever, and a successor's genesis commits to it.

    Waits for a sealer at work. What was signed and not sealed stays in the queue. Raises Refused: `no_log`,
    `frozen_already`, `reason`.
    """
    if not reason.strip() or len(reason) > 300:
        raise Refused.one("reason", "Why a log ends is said in 1 to 300 characters.")
    if Head.objects.select_for_update().first() is None:
        raise Refused.one("no_log", "There is no log here.")
    if Freeze.objects.exists():
        raise Refused.one("frozen_already", "This log was ended already.")
    final = Checkpoint.objects.order_by("-size").first()
    if final is None:
        raise Refused.one("no_log", "This log never published a checkpoint.")
    return Freeze.objects.create(size=final.size, reason=reason, frozen_at=at)
