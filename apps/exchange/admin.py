"""To look at: queries and subscriptions change through their services, and tokens are not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.exchange.models import Delivery, NamedQuery, Subscription


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(NamedQuery)
class NamedQueryAdmin(ReadOnly):
    list_display = ["name", "organisation", "created_at"]
    list_select_related = ["organisation"]


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = ["id", "query", "state", "failures", "last_status", "last_notified_at"]
    list_filter = ["state"]
    list_select_related = ["query"]
    exclude = ["sealed_token", "dest"]  # an address may have a secret in it


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ["id", "subscription", "number", "attempts", "executed_at", "delivered_at"]
    list_select_related = ["subscription"]
    exclude = ["events"]
