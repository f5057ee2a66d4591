"""What somebody holds of each lot, where it is too much to count while they wait. It can be derived from the packages at
any time; a million of them take seconds."""

from __future__ import annotations

from django.db import models

from apps.catalog.models import Batch
from apps.parties.models import Organisation


class HoldingsCount(models.Model):
    """One organisation that asked and holds much: how many packs, when they were counted, and how long it took."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    packs = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)  # null until it was counted for the first time
    took_ms = models.PositiveIntegerField(default=0)
    newest_event_id = models.BigIntegerField(default=0)  # what was recorded up to then is in it

    def __str__(self) -> str:
        return f"{self.packs} with {self.organisation_id}"


class HeldLot(models.Model):
    """Packs of one lot in somebody's hands, loose or in containers. `locked` of them are in quarantine."""

    counted = models.ForeignKey(HoldingsCount, on_delete=models.CASCADE, related_name="lots")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    packs = models.PositiveIntegerField()
    locked = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["counted", "batch"], name="lot_counted_once_per_holder")
        ]

    def __str__(self) -> str:
        return f"{self.packs} of {self.batch_id}"
