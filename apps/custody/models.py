"""Packages, the events that happened to them, and what was refused."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from apps.catalog.models import Batch
from apps.custody.stop_models import Stop as Stop
from apps.ledger.models import Statement
from apps.parties.models import Organisation, Site
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, UNMANAGED

_BARE: dict[str, Any] = {"db_constraint": False, "db_index": False}


class Package(models.Model):
    """Anything with a serial identity: pack, case, pallet. `id` is computed (DESIGN §3).

    A contained package (`parent` set) shares the custody of the outermost one, so its own
    custodian, site and consignee are null: what can be derived is not stored.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    path = models.CharField(max_length=90)  # 01/{gtin14}/21/{serial} or 00/{sscc}
    level = models.CharField(max_length=6)  # pack, case, pallet
    # No index of a key's own (`_BARE`): each is one more to write for every pack. Those below serve what is asked.
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, **_BARE)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="contents", **_BARE
    )
    custodian = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", **_BARE
    )
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, **_BARE)
    status = models.CharField(max_length=14)  # kernel.custody.Status
    status_at = models.DateTimeField()  # occurred_at of the event that set the status: undo windows
    consignee = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", **_BARE
    )
    seq = models.PositiveIntegerField()  # of the newest PackageEvent; the first is 0
    head = models.BinaryField(max_length=32)  # leaf hash of the newest package fact

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=False, custodian__isnull=True, site__isnull=True)
                | models.Q(parent__isnull=True, custodian__isnull=False, site__isnull=False),
                name="custody_follows_the_outermost",
            ),
            models.CheckConstraint(
                condition=models.Q(consignee__isnull=True)
                | models.Q(status="in_transit", parent__isnull=True),
                name="consignee_only_in_transit",
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], name="package_batch"),
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="package_parent"
            ),
            models.Index(
                fields=["custodian", "status", "level", "status_at", "id"],  # as shelves read it
                condition=models.Q(parent__isnull=True),
                name="package_custodian",
            ),
            models.Index(
                fields=[
                    "consignee",
                    "custodian",
                    "level",
                    "status_at",
                    "id",
                ],  # one delivery's packages
                condition=models.Q(consignee__isnull=False),
                name="package_consignee",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class CustodyEvent(models.Model):
    """An EPCIS event that was accepted: the canonical document and the columns queries need.

    A declaration that an event was wrong (kind `declare_error`) is a row of its own with the same hash, since
    the hash leaves the declaration out (CBV 2.0 §8.9): it speaks of the same packages, and both are kept. What
    names packages of ours happened once. What names none (`unmanaged`, and declarations about that) is what one
    organisation was told, and stands once for each that was.
    """

    id = models.BigAutoField(primary_key=True)
    hash = models.BinaryField(max_length=32)  # of the event hash ID
    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=16)  # kernel.custody.Kind, `unmanaged` or `declare_error`
    actor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="events", **_BARE
    )  # who recorded and signed it
    reporter = models.ForeignKey(
        Organisation,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        **_BARE,
    )  # a partner without a key of its own, whose act the actor recorded; null where it is the actor's own
    site = models.ForeignKey(
        Site, null=True, on_delete=models.PROTECT, related_name="+", **_BARE
    )  # null where an unmanaged event names no site that is registered here
    counterparty = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", **_BARE
    )  # consignee of a shipment, sender of a receipt
    reference = models.CharField(max_length=80, blank=True)  # shipment or order number
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    package_count = models.PositiveIntegerField()
    document = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(  # by hash first, so that it serves whoever looks a hash up
                models.F("hash"),
                models.ExpressionWrapper(
                    models.Q(kind=DECLARE_ERROR), output_field=models.BooleanField()
                ),
                models.Case(models.When(package_count=0, then=models.F("actor"))),
                nulls_distinct=False,
                name="event_once_and_declared_wrong_once",
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False) | models.Q(package_count=0),
                name="packages_are_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "-recorded_at"], name="event_actor"),
            models.Index(
                fields=["reporter", "-recorded_at"],
                condition=models.Q(reporter__isnull=False),
                name="event_reporter",
            ),
            GinIndex(  # packages are found by PackageEvent; what we do not track, by the document
                fields=["document"],
                opclasses=["jsonb_path_ops"],
                condition=models.Q(kind=UNMANAGED),
                name="event_unmanaged",
            ),
            models.Index(
                fields=["counterparty", "-recorded_at"],
                condition=models.Q(counterparty__isnull=False),
                name="event_counterparty",
            ),
            # What questions of the exchange ask for most; the words as they stand in the documents.
            models.Index(fields=["occurred_at", "id"], name="event_occurred"),
            models.Index(fields=["recorded_at", "id"], name="event_recorded"),
            models.Index(KeyTextTransform("bizStep", "document"), "id", name="event_biz_step"),
            models.Index(
                KeyTextTransform("disposition", "document"), "id", name="event_disposition"
            ),
            models.Index(
                KeyTextTransform("id", KeyTransform("readPoint", "document")),
                "id",
                name="event_read_point",
            ),
            models.Index(
                KeyTextTransform("id", KeyTransform("bizLocation", "document")),
                "id",
                name="event_biz_location",
            ),
            models.Index(
                KeyTextTransform("eventID", "document"),
                condition=models.Q(document__has_key="eventID"),
                name="event_given_id",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(kind__in=["unmanaged", "declare_error"]),
                name="event_outside_custody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def both(self) -> models.QuerySet[CustodyEvent]:
        """This event and its declaration, or this declaration and what it declares wrong."""
        same = CustodyEvent.objects.filter(hash=self.hash)
        if self.package_count:
            return same.filter(package_count__gt=0)
        told = {self.actor_id, self.reporter_id} - {None}
        return same.filter(models.Q(actor__in=told) | models.Q(reporter__in=told), package_count=0)

    @property
    def doer(self) -> Organisation:
        """Whose act it was: the partner's that reported it, or whoever recorded it."""
        return self.reporter or self.actor


class PackageEvent(models.Model):
    """A package's history: one range scan over (package, seq)."""

    pk = models.CompositePrimaryKey("package_id", "seq")
    package = models.ForeignKey(
        Package,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="history",
    )
    seq = models.PositiveIntegerField()
    event = models.ForeignKey(
        CustodyEvent,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    position = models.PositiveIntegerField()  # of the package fact among the event's package facts

    def __str__(self) -> str:
        return f"{self.package_id} {self.seq}"


class Underway(models.Model):
    """How many outermost packages of one shipping event are on their way, so that lists of deliveries need not count
    each loose pack. apps/custody/underway.py keeps it.

    The rows of one key add up to the count; there is more than one, or one below zero, where two recorded at once.
    """

    id = models.BigAutoField(primary_key=True)
    custodian = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **_BARE)
    consignee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **_BARE)
    shipment = models.BigIntegerField()  # the event; 0 for what came out of a container on its way
    shipped_at = models.DateTimeField()  # status_at of the packages
    packages = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["consignee", "shipment"], name="underway_consignee"),
            models.Index(fields=["custodian"], name="underway_custodian"),
            models.Index(
                fields=["id"], condition=models.Q(packages__lt=0), name="underway_to_settle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packages} of {self.shipment}"


class RefusedEvent(models.Model):
    """Refused scans are kept: a refusal is a finding (a cloned serial shows itself here)."""

    id = models.BigAutoField(primary_key=True)
    actor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, blank=True)
    package_id = models.UUIDField(null=True)  # the first package a rule speaks of; may be unknown
    package_path = models.CharField(max_length=90, blank=True)
    code = models.CharField(max_length=40)
    sentence = models.TextField()
    document = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["package_id"], name="refused_package"),
            models.Index(fields=["actor", "-recorded_at"], name="refused_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.package_path}: {self.code}"
