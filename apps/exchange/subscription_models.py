"""Named queries, who is subscribed to them, and what was or must be sent (EPCIS 2.0 §8.2.5, §12.7)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.parties.fields import BytesField
from apps.parties.models import ApiToken, Membership, Organisation


class NamedQuery(models.Model):
    """A question an organisation keeps under a name. `query` is as it was sent, and was found right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="queries")
    name = models.CharField(max_length=120)
    query = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "named queries"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="query_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """Somebody wants to be told what a named query finds, at `dest`, as it comes or by `schedule`.

    `cursor` is the log index of the first entry that was not looked at yet: everything before it has been
    told or does not match. While a run is under way `run_until` says how far it goes.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        FAILING = "failing"  # could not be reached for days
        REFUSED = "refused"  # the receiver said no, again and again
        PAUSED = "paused"  # by an administrator, until they say go on
        STOPPED = "stopped"  # whoever subscribed may not ask any more

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    # It acts as whoever made it: what they may not see any more is not sent any more.
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    dest = models.CharField(max_length=2_000)
    sealed_token = BytesField(null=True)  # the signatureToken; opened only to sign
    schedule = models.JSONField(null=True)  # null: a stream
    report_if_empty = models.BooleanField(default=False)
    epc_format = models.CharField(max_length=40)  # GS1-EPC-Format
    initial_record_time = models.DateTimeField()
    created_at = models.DateTimeField()

    cursor = models.BigIntegerField()
    next_run_at = models.DateTimeField(null=True)  # by schedule
    run_at = models.DateTimeField(null=True)
    run_until = models.BigIntegerField(null=True)
    run_told = models.BooleanField(default=False)  # something was reported in this run
    last_run_at = models.DateTimeField(null=True)
    reports = models.PositiveBigIntegerField(default=0)  # how many deliveries were made

    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    reason = models.TextField(blank=True)  # why it is not active
    failures = models.PositiveIntegerField(default=0)  # attempts in a row that did not arrive
    refusals = models.PositiveIntegerField(default=0)  # those among them that the receiver refused
    failing_since = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.TextField(blank=True)
    last_notified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(run_until__isnull=True, run_at__isnull=True)
                | Q(run_until__isnull=False, run_at__isnull=False),
                name="run_has_time_and_end",
            ),
            models.CheckConstraint(
                condition=Q(schedule__isnull=False) | Q(next_run_at__isnull=True),
                name="next_run_is_of_a_schedule",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_run_at"], condition=Q(state="active"), name="subscription_active"
            )
        ]

    def __str__(self) -> str:
        return f"{self.query_id} → {self.id}"


class Delivery(models.Model):
    """One report of a subscription, or a part of one: which events it tells is fixed with the row, and so
    is `id`, by which the receiver recognises a repeat. They go out in order of `number` and `first`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    number = models.PositiveBigIntegerField()
    # Place of its first event in the report: more than 0 where the receiver asked for smaller ones.
    first = models.PositiveIntegerField(default=0)
    events = ArrayField(models.BigIntegerField())  # CustodyEvent ids, in the order they are told
    executed_at = models.DateTimeField()  # when the query was asked
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number", "first"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "number", "first"], name="delivery_number_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["subscription", "number", "first"],
                condition=Q(delivered_at__isnull=True),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["delivered_at"],
                condition=Q(delivered_at__isnull=False),
                name="delivery_done",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.number} of {self.subscription_id}"
