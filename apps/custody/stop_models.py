"""Packs that stopped a counter: nobody of that pharmacy hands one out before somebody says what was done about it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.parties.models import Organisation


class Stop(models.Model):
    """One stop of one pack at one pharmacy, standing until `answered_at`. What was found stays as the refused events of
    `findings`, what was said about it as their explanations (apps/safety/explaining).

    `refusals` are codes and sentences, `compared` the fields of the label beside the record: what the counter shows.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    package_id = models.UUIDField()  # of the code that was scanned: it may be of nothing registered
    package_path = models.CharField(max_length=90)
    findings = ArrayField(models.BigIntegerField())
    refusals = models.JSONField()
    compared = models.JSONField(default=list)
    stopped_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package_id", "organisation"],
                condition=Q(answered_at__isnull=True),
                name="stop_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="stop_stands_or_somebody_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-stopped_at"],
                condition=Q(answered_at__isnull=True),
                name="stop_standing",
            )
        ]

    def __str__(self) -> str:
        return self.package_path
