"""Where checkpoints were told outside. One row per checkpoint and backend."""

from __future__ import annotations

from django.db import models

from apps.ledger.models import Checkpoint


class Anchor(models.Model):
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchors")
    backend = models.CharField(max_length=20)
    receipt = models.JSONField()
    anchored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "backend"], name="anchored_once_each")
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.checkpoint_id} at {self.backend}"
