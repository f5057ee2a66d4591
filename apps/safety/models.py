"""What is wrong and who must know: recalls, alerts, and what people did about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, RefusedEvent
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


class Explanation(models.Model):
    """What somebody said they did about a stop, or why they took back what was recorded. Nothing about patients."""

    class Reason(models.TextChoices):
        QUARANTINED = "quarantined", _("Put apart, in quarantine")
        TOLD_MAKER = "told_maker", _("Maker or supplier told")
        TOLD_AUTHORITY = "told_authority", _("Authority told")
        SENT_BACK = "sent_back", _("Goes back to the supplier")
        RECEIVED_FIRST = "received_first", _("Its delivery is received first")
        SCANNED_TWICE = "scanned_twice", _("Scanned twice by mistake")
        NOT_COLLECTED = "not_collected", _("Not collected, never left the counter")
        WRONG_PACK = "wrong_pack", _("The wrong pack was scanned")
        CHANGED = "changed", _("The prescription was changed")
        OTHER = "other", _("Something else")

    refused = models.ForeignKey(
        RefusedEvent, null=True, on_delete=models.PROTECT, related_name="explanations"
    )
    event = models.ForeignKey(
        CustodyEvent, null=True, on_delete=models.PROTECT, related_name="explanations"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    explained_at = models.DateTimeField()

    class Meta:
        ordering = ["explained_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refused__isnull=False, event__isnull=True)
                | models.Q(refused__isnull=True, event__isnull=False),
                name="explains_one_thing",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-explained_at"], name="explanation_newest"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


_REASON = Explanation.Reason
STOPS = (
    _REASON.QUARANTINED, _REASON.TOLD_MAKER, _REASON.TOLD_AUTHORITY, _REASON.SENT_BACK,
    _REASON.RECEIVED_FIRST, _REASON.SCANNED_TWICE, _REASON.OTHER,
)  # fmt: skip
UNDOINGS = (_REASON.NOT_COLLECTED, _REASON.WRONG_PACK, _REASON.CHANGED, _REASON.OTHER)
