"""A packing line at work: which batch, how many packs to a case, which cases it closed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from apps.catalog.models import Batch
from apps.parties.models import Site


class PackingLine(models.Model):
    """`size` packs go into each case. It belongs to a site: whoever works there may go on with it."""

    class Label(models.TextChoices):
        PDF = "pdf"
        ZPL = "zpl"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveIntegerField()
    label = models.CharField(max_length=4, choices=Label, default=Label.PDF)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="packing_line_fills_cases")
        ]
        indexes = [models.Index(fields=["site", "-opened_at"], name="packing_line_newest")]

    def __str__(self) -> str:
        return f"{self.batch_id} in cases of {self.size}"


class LineCase(models.Model):
    """Case `number` (from 1) of a line: the scan session that fills it."""

    line = models.ForeignKey(PackingLine, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField()
    session = models.OneToOneField(
        "desk.ScanSession", on_delete=models.PROTECT, related_name="line_case"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="line_case_once_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.number}"
