"""To look at only: products and batches change through their services."""

from __future__ import annotations

from django.contrib import admin

from apps.catalog.models import Batch, Product
from apps.parties.admin import ReadOnly


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = ["name", "strength", "gtin", "manufacturer", "market", "withdrawn_at"]
    list_select_related = ["manufacturer"]
    search_fields = ["name", "gtin"]


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ["product", "lot", "expiry", "quantity", "recalled_at"]
    list_select_related = ["product"]
    search_fields = ["lot", "product__name", "product__gtin"]
