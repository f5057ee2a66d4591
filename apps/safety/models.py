"""What is wrong and who must know: recalls and alerts."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.catalog.models import Batch
from apps.custody.models import RefusedEvent
from apps.parties.models import Organisation


class Recall(models.Model):
    class Severity(models.TextChoices):
        CLASS_1 = "1", "Class 1: may be life-threatening"
        CLASS_2 = "2", "Class 2: may cause illness"
        CLASS_3 = "3", "Class 3: unlikely to harm"

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="recall")
    severity = models.CharField(max_length=1, choices=Severity)
    reason = models.CharField(max_length=300)
    instruction = models.CharField(max_length=300)
    issued_by = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    issued_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Recall of {self.batch_id}"


class Alert(models.Model):
    class Kind(models.TextChoices):
        CLONE = "clone", "Serial used twice"
        UNKNOWN = "unknown", "Never registered"
        MISMATCH = "mismatch", "Lot or expiry differ from the record"
        NOT_HELD = "not_held", "Acted on by somebody who does not hold it"
        RECALLED = "recalled", "Recalled batch handled"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    package_id = models.UUIDField(null=True)
    package_path = models.CharField(max_length=90, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    refused = models.ForeignKey(RefusedEvent, null=True, on_delete=models.PROTECT)
    raised_for = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="alerts"
    )  # whose desk it waits on; regulators see all
    sentence = models.TextField()
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note = models.CharField(max_length=500, blank=True)  # what came of it

    class Meta:
        indexes = [
            models.Index(
                fields=["raised_for", "-raised_at"],
                condition=models.Q(closed_at__isnull=True),
                name="alert_open",
            )
        ]

    def __str__(self) -> str:
        return self.sentence
