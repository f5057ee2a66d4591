"""anchor: checkpoint → told outside. Never blocks capture; every step may be repeated."""

from __future__ import annotations

from datetime import datetime

from apps.anchors.journal import backend as journal
from apps.anchors.models import Anchor
from apps.ledger.models import Head
from apps.ledger.selectors import published_after
from apps.ledger.services.seal import check_head


def sweep(*, at: datetime) -> int:
    """Anchors the published checkpoints that have no journal row yet; returns how many there were.

    Only those newer than the newest that has one: the sealer waits for each (guard.keep_up), so there are
    no gaps before it. Raises `Behind` or `OtherLog` where the database and the journal contradict each
    other; then nothing is written.
    """
    head = Head.objects.first()
    if head is None:
        return 0
    check_head(head)
    rows = Anchor.objects.filter(backend=journal.NAME).order_by("-checkpoint_id")
    newest = rows.values_list("checkpoint_id", flat=True).first() or 0
    count = 0
    for checkpoint in published_after(newest):
        journal.anchor(checkpoint, at=at)
        count += 1
    return count
