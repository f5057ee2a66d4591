from __future__ import annotations

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "apps.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.custody import auditing, commissioning  # noqa: F401  (they register themselves)
