"""What is made: products, their batches, and the leaflets that go with them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from apps.parties.models import Organisation, Site


class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    manufacturer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="products"
    )
    gtin = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=160)
    strength = models.CharField(max_length=80, blank=True)
    form = models.CharField(max_length=80, blank=True)
    pack_size = models.CharField(max_length=80, blank=True)
    national_codes = models.JSONField(default=dict, blank=True)  # {"PT": "5678901", …} by market
    market = models.CharField(max_length=2)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "strength"]

    def __str__(self) -> str:
        return f"{self.name} {self.strength}".strip()


class Batch(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="batches")
    lot = models.CharField(max_length=20)
    expiry = models.DateField()
    quantity = models.PositiveIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT)  # where it is packaged
    recalled_at = models.DateTimeField(null=True, blank=True)
    recall_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["product", "lot"], name="lot_once_per_product"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="batch_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, lot {self.lot}"


class Leaflet(models.Model):
    """One version of a product's package leaflet, in one language, for one market. Rows are only ever added: the
    highest version of a product, language and market is the one that holds.

    The PDF lies in the file storage under the SHA-256 of its bytes; the same bytes are kept once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="leaflets")
    language = models.CharField(max_length=2)  # ISO 639-1, "de"
    market = models.CharField(max_length=2)  # ISO 3166-1, "AT"
    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)  # of the PDF, hex
    size = models.PositiveIntegerField()  # of the PDF, octets
    text = models.TextField(blank=True)  # the same words for screen readers (leaflet_text)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language", "market", "version"], name="leaflet_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="leaflet_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.language}-{self.market}, version {self.version}"
