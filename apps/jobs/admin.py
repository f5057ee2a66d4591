from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """To look at only: jobs change through their services."""

    list_display = ["title", "kind", "state", "done", "total", "attempts", "created_at"]
    list_filter = ["state", "kind"]
    exclude = ["parameters"]  # may hold a job's secret

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
