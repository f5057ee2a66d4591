"""A published checkpoint is told outside at once; what fails here is made good by
`anchors.sweep`, and before the next sealing at the latest (guard.keep_up)."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from apps.anchors.journal import backend as journal
from apps.ledger.models import Checkpoint
from apps.ledger.signals import checkpoint_published


@receiver(checkpoint_published, dispatch_uid="anchors.journal")
def write_journal(checkpoint: Checkpoint, **_: Any) -> None:
    journal.anchor(checkpoint, at=checkpoint.signed_at)
