"""Who affirmed the transaction statement of which shipment."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.custody.models import CustodyEvent


class TransactionStatement(models.Model):
    """The transferor's statement about one shipping event (21 USC 360eee(27)): a person affirmed it."""

    event = models.OneToOneField(
        CustodyEvent,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    affirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    affirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"statement about event {self.event_id}"
