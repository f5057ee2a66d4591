"""Who is invited, and which licences wait for the authority."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from apps.parties.fields import BytesField


class Invitation(models.Model):
    """A link that lets one person in, once: into `organisation`, or to register a new one of `kind`.

    Only the digest of the link is kept. `draft` is what was filled in so far of a new organisation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = BytesField(max_length=32, unique=True)  # SHA-256 of what stands in the link
    email = models.EmailField()
    organisation = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="invitations"
    )
    kind = models.CharField(
        max_length=12, blank=True
    )  # of the organisation that is to be registered
    role = models.CharField(max_length=8)
    site = models.ForeignKey("parties.Site", null=True, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(
        "parties.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # For whom it was sent: an organisation's own people, or the authority that asks a new one in.
    sender = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    draft = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        "parties.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, site__isnull=False, kind="")
                | (Q(organisation__isnull=True, site__isnull=True) & ~Q(kind="")),
                name="invitation_into_one_or_for_a_new_one",
            ),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_each",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class LicenceApplication(models.Model):
    """A licence that an organisation says it has. It counts once an authority has granted it here."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        GRANTED = "granted"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "parties.Organisation", on_delete=models.PROTECT, related_name="licence_applications"
    )
    authority = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    activity = models.CharField(max_length=12)
    applied_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # of a refusal
    licence = models.OneToOneField(
        "parties.Licence", null=True, on_delete=models.PROTECT, related_name="application"
    )

    class Meta:
        ordering = ["applied_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_at__isnull=True, licence__isnull=True)
                | Q(outcome="granted", decided_at__isnull=False, licence__isnull=False)
                | Q(outcome="declined", decided_at__isnull=False, licence__isnull=True),
                name="application_waits_or_is_decided",
            ),
            models.UniqueConstraint(
                fields=["organisation", "authority", "number"],
                condition=Q(outcome="waiting"),
                name="applied_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["applied_at"], condition=Q(outcome="waiting"), name="application_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity} licence {self.number} ({self.authority})"
