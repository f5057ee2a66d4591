"""anchor: checkpoint → told outside. Never blocks capture; every step may be repeated."""

from __future__ import annotations

from datetime import datetime

from apps.anchors.journal import backend as journal
from apps.ledger.models import Checkpoint


def sweep(*, at: datetime) -> int:
    """Anchors the published checkpoints that have no journal row yet; returns how many there were."""
    missing = Checkpoint.objects.exclude(anchors__backend=journal.NAME).order_by("size").iterator()
    count = 0
    for checkpoint in missing:
        journal.anchor(checkpoint, at=at)
        count += 1
    return count
