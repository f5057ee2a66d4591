"""Witnesses, both ways: whom we ask for cosignatures, and the logs that we cosign for others.

Append-only: Cosignature, Publication. WitnessedLog only grows, by trigger. The others are working memory.
"""

from __future__ import annotations

from django.db import models


class Cosignature(models.Model):
    """A verified signature line of a witness below one of our checkpoints."""

    checkpoint = models.ForeignKey("ledger.Checkpoint", on_delete=models.PROTECT, related_name="+")
    witness = models.CharField(max_length=255)  # the name it cosigns under
    key_id = models.BinaryField(max_length=4)
    line = models.TextField()
    cosigned_at = models.DateTimeField()  # the witness's word

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "witness", "key_id"], name="cosigned_once_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.witness} on checkpoint {self.checkpoint_id}"


class Publication(models.Model):
    """The witness policy was met: from here on readers see this checkpoint, with these signatures."""

    checkpoint = models.OneToOneField(
        "ledger.Checkpoint",
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="publication",
    )
    note = models.TextField()
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"publication of checkpoint {self.checkpoint_id}"


class AskedWitness(models.Model):
    """What is remembered of a witness of the policy, by its address: where it is, when to ask again."""

    url = models.CharField(max_length=500, primary_key=True)
    size = models.BigIntegerField(default=0)  # of ours that it cosigned last, as far as we know
    ask_again_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # when it cosigned last
    failures = models.PositiveIntegerField(default=0)  # in a row
    problem = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.url


class WitnessAlarm(models.Model):
    """A witness says that the log has, or had, another history. Open until a person has settled it."""

    class Kind(models.TextChoices):
        AHEAD = "ahead", "it knows a larger tree than was ever signed here"
        OTHER_HISTORY = "other_history", "it knows another tree"
        UNEXPLAINED = "unexplained", "it is in conflict and does not say where it is"

    url = models.CharField(max_length=500)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    size = models.BigIntegerField(null=True)  # of the tree it says it knows
    root = models.BinaryField(max_length=32, null=True)  # proven: the log's key signed it
    note = models.TextField(default="", blank=True)  # the checkpoint that proves it
    sentence = models.TextField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url", "kind"],
                condition=models.Q(settled_at__isnull=True),
                name="one_open_alarm_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"alarm {self.id}: {self.url} {self.get_kind_display()}"


class WitnessedLog(models.Model):
    """A log that this installation is a witness for, and the tree it cosigned last. Never forgotten."""

    origin = models.CharField(max_length=255, primary_key=True)
    hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the origin, hex
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32)
    note = models.TextField(default="", blank=True)
    cosigned_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.origin


class WitnessedLogKey(models.Model):
    """A key that a witnessed log signs with. A log without any is not cosigned any more."""

    log = models.ForeignKey(WitnessedLog, on_delete=models.PROTECT, related_name="keys")
    vkey = models.TextField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "vkey"], name="a_key_of_a_log_once"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}: {self.vkey[:60]}"
