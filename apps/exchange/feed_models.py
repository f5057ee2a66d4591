"""Where partners' reports come in: the other end of a subscription."""

from __future__ import annotations

import uuid

from django.db import models

from apps.parties.fields import BytesField
from apps.parties.models import Membership, Organisation


class Feed(models.Model):
    """An address that one partner's reports are sent to, signed with a token that the two share. What
    comes is recorded in the name of `membership`: what `partner` did and no more, or where it is null whatever
    the member itself may record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    sealed_token = BytesField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    last_report_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name
