"""Case files, and who looked at what. Both only grow."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.custody.models import CustodyEvent
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.act import RESOLVER


class CaseFile(models.Model):
    """What an authority collects about one matter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=160)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["authority", "-opened_at", "id"], name="case_newest")]

    def __str__(self) -> str:
        return self.title


class CaseItem(models.Model):
    """Something collected: a package, an event or an organisation. `name` is how evidence names it (a Digital
    Link URI, an event hash ID, the URI of a party). Append-only."""

    class Kind(models.TextChoices):
        PACKAGE = "package", _("Package")
        EVENT = "event", _("Event")
        ORGANISATION = "organisation", _("Organisation")

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=160)
    package_id = models.UUIDField(null=True)
    event = models.ForeignKey(
        CustodyEvent, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="collected_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        """The canonical path of a package."""
        return self.name.removeprefix(RESOLVER)


class CaseNote(models.Model):
    """What somebody wrote down, with name and time. Append-only."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class AccessRecord(models.Model):
    """An authority looked at protected data. One row a look; append-only.

    `concerned` are the organisations whose data it was; none in particular where a list of everybody's was taken.
    """

    class Kind(models.TextChoices):
        PACKAGE = "package", _("History of a package")
        EVENT = "event", _("Event")
        ORGANISATION = "organisation", _("Organisation")
        RECALL = "recall", _("Reach of a recall")
        SHIPMENT = "shipment", _("Shipment")
        EVIDENCE = "evidence", _("Evidence")
        EXPORT = "export", _("Exported list")
        CASE = "case", _("Exported case file")
        QUERY = "query", _("Question by a machine")
        LIST = "list", _("List on a page")
        SEARCH = "search", _("Search")
        CATALOG = "catalog", _("Product or batch")
        REPORT = "report", _("Report of the public")
        DELIVERY = "delivery", _("Report to a machine")

    id = models.BigAutoField(primary_key=True)
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.CharField(max_length=300)
    concerned = ArrayField(models.UUIDField(), default=list)
    case = models.ForeignKey(CaseFile, null=True, on_delete=models.PROTECT, related_name="looks")
    looked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["authority", "-id"], name="looks_of_authority"),
            GinIndex(fields=["concerned"], name="looks_concerned"),
            models.Index(
                fields=["-id"], condition=models.Q(concerned=[]), name="looks_at_everybody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
