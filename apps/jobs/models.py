"""Long work as rows. The row is the truth; a Celery task is only a doorbell."""

from __future__ import annotations

import uuid

from django.db import models


class Job(models.Model):
    """One piece of long work, done in steps; each step and its progress commit together."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    # People and organisations stand above jobs, so there is no foreign key up to them.
    owner_id = models.BigIntegerField(null=True)
    organisation_id = models.UUIDField(null=True)
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # in a row, without progress
    not_before = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Since it last began to run without a pause: what its rate is measured from.
    paced_at = models.DateTimeField(null=True)
    paced_done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="job_done_within_total"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="job_finished_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_waiting",
            ),
            models.Index(fields=["organisation_id", "-created_at"], name="job_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state}, {self.done} of {self.total})"

    @property
    def is_waiting(self) -> bool:
        """True while there is work left that a worker will take up."""
        return self.state in WAITING

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100, for a progress bar."""
        return 100 * self.done // self.total if self.total else 0


WAITING = (Job.State.QUEUED, Job.State.RUNNING)


class JobInput(models.Model):
    """The bytes a job was given (an uploaded file), apart so that progress rows stay small."""

    job = models.OneToOneField(
        Job, primary_key=True, on_delete=models.CASCADE, related_name="input"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"input of job {self.job_id}"
