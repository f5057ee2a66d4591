"""What is wrong and who must know: recalls, alerts, what people did about them, reports of the public and its looks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Batch, Product
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
        SUSPICION = "suspicion", "Reported by the public"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    package_id = models.UUIDField(null=True)
    package_path = models.CharField(max_length=90, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    refused = models.ForeignKey(RefusedEvent, null=True, on_delete=models.PROTECT)
    report = models.OneToOneField(
        "Report", null=True, on_delete=models.PROTECT, related_name="alert"
    )  # of a suspicion
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
            ),
            models.Index(
                fields=["package_id"],
                condition=models.Q(closed_at__isnull=True, package_id__isnull=False),
                name="alert_of_package",
            ),
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
        MISREAD = "misread", _("Misread: scanned again, label and record agree")
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
    _REASON.RECEIVED_FIRST, _REASON.SCANNED_TWICE, _REASON.MISREAD, _REASON.OTHER,
)  # fmt: skip
UNDOINGS = (_REASON.NOT_COLLECTED, _REASON.WRONG_PACK, _REASON.CHANGED, _REASON.OTHER)


class Report(models.Model):
    """What somebody outside found suspicious about a pack. Who it was stands apart (ReportContact), if anywhere.

    Whoever knows `reference` may ask how it goes: it is made of sixty random bits.
    """

    reference = models.CharField(max_length=14, unique=True)  # "7K3M-9QPX-2ABC"
    once = models.UUIDField(unique=True)  # of the form that was sent: twice sent is once reported
    code = models.CharField(max_length=300, blank=True)  # of the pack, as it was scanned or typed
    package_id = models.UUIDField(null=True)
    package_path = models.CharField(max_length=90, blank=True)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    found = models.JSONField()  # list of codes of FOUND (reporting)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=2)  # of the words, as far as the page knows
    photo = models.CharField(max_length=80, blank=True)  # name in the file storage
    reported_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True)  # first looked at by whom it was raised for

    def __str__(self) -> str:
        return self.reference


class ReportContact(models.Model):
    """How to reach whoever reported, kept apart so that it can be forgotten alone (`forgetting`)."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="contact")
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"Contact of {self.report_id}"


class ReportTry(models.Model):
    """How many reports a visitor sent in one hour. `visitor` is a keyed hash that is another one in the next hour."""

    pk = models.CompositePrimaryKey("visitor", "hour")
    visitor = models.BinaryField(max_length=16)
    hour = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.tries} in the hour from {self.hour:%H:%M}"


class PublicLook(models.Model):
    """How often the public page of a pack was opened on one day (UTC), from one country where a proxy that we trust
    names it. Nothing about who looked. One row however often: nobody can fill the table by asking."""

    pk = models.CompositePrimaryKey("package_id", "day", "country")
    package_id = models.UUIDField()
    day = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    # No constraint in the database: a look must not wait for a lock on the batch while it is being recalled.
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, db_constraint=False)
    looks = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()  # of those, the first of a day from one network address
    first_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["batch", "day"], name="look_by_batch")]

    def __str__(self) -> str:
        return f"{self.looks} on {self.day}"


class LookMark(models.Model):
    """That somebody looked at some pack on this day, so that a reload is no visit. `mark` is a keyed hash of address, pack
    and day (apps/safety/looks), deleted when the day is over."""

    pk = models.CompositePrimaryKey("day", "mark")
    day = models.DateField()
    mark = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return f"a visit on {self.day}"
