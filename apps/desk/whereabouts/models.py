"""What was counted, and when. It can be derived from the packages at any time; counting a million takes seconds."""

from __future__ import annotations

from django.db import models

from apps.catalog.models import Batch

SELF = "self"  # instead of a kind: the maker itself


class BatchCount(models.Model):
    """One batch: how many packs have a serial, when that was counted, and how long it took."""

    batch = models.OneToOneField(
        Batch, primary_key=True, on_delete=models.CASCADE, related_name="counted"
    )
    packs = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    newest_event_id = models.BigIntegerField()  # what was recorded up to then is in it

    def __str__(self) -> str:
        return f"{self.packs} of {self.batch_id}"


class PlaceCount(models.Model):
    """Packs of a batch with holders of one kind in one country. `coming` is on its way to them, `gone` left the
    chain there."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="places")
    kind = models.CharField(max_length=12)  # of Organisation, or SELF
    country = models.CharField(max_length=2)
    here = models.PositiveIntegerField()
    coming = models.PositiveIntegerField()
    gone = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "kind", "country"], name="place_counted_once_per_batch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.kind} {self.country}"
