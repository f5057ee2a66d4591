"""A list of serial numbers on its way to becoming packs."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from apps.catalog.models import Batch


class SerialList(models.Model):
    """`serials` are the right rows' numbers, one a line; `problems` what is wrong, as [place, field, code, sentence].

    A generated list has no numbers yet, only the secret they follow from. `job_id` is the job that reads the file,
    and after the start the one that commissions.
    """

    class State(models.TextChoices):
        READING = "reading"
        READY = "ready"
        REFUSED = "refused"  # the file as a whole
        STARTED = "started"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="serial_lists")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State)
    file_name = models.CharField(max_length=200, blank=True)  # empty: generated here
    alphabet = models.CharField(max_length=8, blank=True)
    length = models.PositiveSmallIntegerField(default=0)
    secret = models.BinaryField(max_length=32, default=b"")
    rows = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    serials = models.BinaryField(default=b"")
    problems = models.JSONField(default=list)  # the first MOST_PROBLEMS
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)  # of what the form asked for

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "owner", "created_at", "fingerprint"],
                name="serial_list_once_per_form",
            )
        ]

    def __str__(self) -> str:
        return f"{self.good} serials for {self.batch_id}"

    @property
    def is_generated(self) -> bool:
        return not self.file_name

    @property
    def is_table(self) -> bool:
        """Whether the places of its problems are the numbers of rows."""
        return all(str(place).isdigit() for place, *_ in self.problems)
