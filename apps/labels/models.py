"""Which container numbers an organisation has given out."""

from __future__ import annotations

from django.db import models

from apps.parties.models import Organisation


class SsccSeries(models.Model):
    """The numbers under one company prefix: `given` of them were given out, in order, none twice."""

    pk = models.CompositePrimaryKey("organisation_id", "prefix")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=12)
    given = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}: {self.given}"
