"""Work at a shelf or a gate: scan sessions with their lines, and the orders that are shipped from."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from apps.catalog.models import Product
from apps.custody.models import CustodyEvent
from apps.desk.holding_models import HeldLot as HeldLot
from apps.desk.holding_models import HoldingsCount as HoldingsCount
from apps.desk.line_models import LineCase as LineCase
from apps.desk.line_models import PackingLine as PackingLine
from apps.desk.whereabouts.models import BatchCount as BatchCount
from apps.desk.whereabouts.models import PlaceCount as PlaceCount
from apps.parties.models import Organisation, Site


class Order(models.Model):
    """What a customer wants: typed or uploaded, shipped from by a session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "customer", "reference"], name="order_once_per_customer"
            )
        ]
        indexes = [models.Index(fields=["organisation", "-opened_at"], name="order_newest")]

    def __str__(self) -> str:
        return self.reference


class OrderLine(models.Model):
    """Packs of a product, of any lot unless one is named."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=20, blank=True)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="order_line_is_for_something"
            ),
            models.UniqueConstraint(
                fields=["order", "product", "lot"], name="order_line_once_per_product_and_lot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"


class ScanSession(models.Model):
    """One piece of work with a scanner, from the first scan to the signature.

    It belongs to a site, not to a person: whoever works there may go on with it, on any device.
    """

    class Kind(models.TextChoices):
        RECEIVE = "receive"
        SHIP = "ship"
        RETURN = "return"
        PACK = "pack"
        COUNT = "count"
        DISPENSE = "dispense"
        LOCK = "lock"
        UNLOCK = "unlock"

    class State(models.TextChoices):
        OPEN = "open"
        SIGNED = "signed"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )  # who sent it, or to whom it goes
    reference = models.CharField(max_length=80, blank=True)  # as the shipping event has it
    container = models.CharField(max_length=90, blank=True)  # path of what is packed into
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="sessions")
    reason = models.CharField(max_length=20, blank=True)  # of a return or a quarantine
    expected = models.PositiveIntegerField(null=True)  # packs of the delivery, when it was opened
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # the last scan or removal
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)  # what the signature recorded, to be told again

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | (
                    ~models.Q(state="open")
                    & models.Q(closed_at__isnull=False, closed_by__isnull=False)
                ),
                name="session_is_open_or_closed_by_somebody",
            )
        ]
        indexes = [
            models.Index(
                fields=["site", "-changed_at"],
                condition=models.Q(state="open"),
                name="session_open",
            ),
            models.Index(fields=["site", "-opened_at"], name="session_newest"),
            models.Index(
                fields=["order"], condition=models.Q(order__isnull=False), name="session_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ScanLine(models.Model):
    """One scan as it was made, and what was said about it. Never deleted: taken off by `removed_at`."""

    class Outcome(models.TextChoices):
        GOOD = "good"
        REPEAT = "repeat"
        STOP = "stop"
        UNKNOWN = "unknown"

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(ScanSession, on_delete=models.CASCADE, related_name="lines")
    scan_id = models.UUIDField(
        unique=True
    )  # made by whoever scanned: what makes sending again harmless
    raw = models.TextField()
    text = models.TextField()  # the code itself, as far as the scanner's calibration gives it back
    path = models.CharField(max_length=90, blank=True)
    package_id = models.UUIDField(null=True)  # may be of nothing that is registered
    covers = models.PositiveIntegerField(default=0)  # packs it stands for that no other line does
    scanned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    scanned_at = models.DateTimeField()  # the device's word
    received_at = models.DateTimeField()  # ours
    outcome = models.CharField(max_length=7, choices=Outcome)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.TextField(blank=True)
    reason = models.CharField(max_length=20, blank=True)  # why it is refused on arrival
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "package_id"],
                condition=models.Q(outcome="good", removed_at__isnull=True),
                name="package_counts_once_in_a_session",
            )
        ]
        indexes = [
            models.Index(fields=["session", "-id"], name="line_newest"),
        ]

    def __str__(self) -> str:
        return self.path or self.raw[:40]


class SessionEvent(models.Model):
    """Which events a signature recorded: who did it and why, which the events themselves never say."""

    event = models.OneToOneField(
        CustodyEvent,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    session = models.ForeignKey(ScanSession, on_delete=models.PROTECT, related_name="events")

    def __str__(self) -> str:
        return f"{self.session_id} {self.event_id}"
