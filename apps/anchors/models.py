"""Where checkpoints were told outside, and how far the telling is. One row per checkpoint, backend and target."""

from __future__ import annotations

from django.db import models

from apps.ledger.models import Checkpoint


class Anchor(models.Model):
    """A checkpoint that is anchored. `proof` is the file that shows it, as it came; the journal has none."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchors")
    backend = models.CharField(max_length=20)
    target = models.CharField(max_length=200, default="", blank=True)
    receipt = models.JSONField()
    proof = models.BinaryField(null=True)
    anchored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "backend", "target"], name="anchored_once_each"
            )
        ]
        indexes = [
            models.Index(fields=["anchored_at"], name="anchors_by_time"),
            models.Index(fields=["backend", "target", "checkpoint"], name="anchors_by_backend"),
            models.Index(
                fields=["checkpoint"],
                condition=~models.Q(backend="journal"),
                name="anchors_outside",
            ),
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.checkpoint_id} at {self.backend}"


class AnchorAttempt(models.Model):
    """How far the telling of a checkpoint is. `next_at` is when the next step may be taken; a step that is
    being taken has moved it (a lease), so a worker that dies delays it and loses nothing."""

    class State(models.TextChoices):
        WAITING = "waiting"  # nothing was told yet
        PENDING = "pending"  # told, and not yet final: `progress` says how far
        DONE = "done"  # there is an Anchor
        FAILED = "failed"  # given up; a later checkpoint follows

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    backend = models.CharField(max_length=20)
    target = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.BinaryField(default=b"")
    tries = models.PositiveIntegerField(default=0)  # without success since the last one
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)
    begun_at = models.DateTimeField()
    next_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "backend", "target"], name="attempted_once_each"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=["waiting", "pending"]),
                name="attempts_that_are_open",
            ),
            models.Index(fields=["backend", "target", "-begun_at"], name="attempts_by_backend"),
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.checkpoint_id} at {self.backend}: {self.state}"
