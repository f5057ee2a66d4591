"""What was said about things, and the proposals that follow from it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from apps.parties.fields import BytesField
from apps.parties.models import Organisation


class VocabularyElement(models.Model):
    """One thing as a document of master data describes it: the newest word of whoever sent it wins.

    `uri` is in normal form; `attributes` are lists of texts under bare CBV names or full URIs; `children`
    are the URIs of what belongs to it (EPCIS 2.0 §9.4). Seen by the organisation that received it only.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    vocabulary = models.CharField(max_length=200)
    uri = models.CharField(max_length=400)
    attributes = models.JSONField(default=dict)
    children = models.JSONField(default=list)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "vocabulary", "uri"], name="vocabulary_element_once"
            )
        ]
        indexes = [
            GinIndex(fields=["attributes"], name="vocabulary_attributes"),
            models.Index(fields=["uri", "organisation"], name="vocabulary_uri"),
        ]

    def __str__(self) -> str:
        return self.uri


class Proposal(models.Model):
    """What one sender says about one organisation, site or product, where our record says otherwise.

    What differs is not stored: it is asked of the record when somebody looks.
    """

    class Kind(models.TextChoices):
        ORGANISATION = "organisation"
        SITE = "site"
        PRODUCT = "product"

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        SUPERSEDED = "superseded"  # the same sender says something else now

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=14)  # GLN or GTIN-14
    values = models.JSONField()  # field → text
    digest = BytesField(max_length=32)  # SHA-256 of the values: the same proposal is one row
    sender = models.CharField(max_length=200, blank=True)  # as the document names it
    source = models.CharField(max_length=200)  # the file or message it came in last
    job_id = models.UUIDField(null=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken = models.JSONField(default=dict)  # field → [old, new], of what was accepted

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "key", "sender", "digest"], name="proposal_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "superseded"], decided_at__isnull=True)
                | models.Q(state__in=["accepted", "declined"], decided_at__isnull=False),
                name="proposal_decided_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-last_seen_at", "-id"],
                condition=models.Q(state="open"),
                name="proposal_open",
            ),
            models.Index(
                fields=["-last_seen_at", "-id"],
                condition=models.Q(state="open"),
                name="proposal_open_of_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"
