from __future__ import annotations

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "apps.safety"
    label = "safety"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.safety import findings  # noqa: F401  (listens to what custody refused)
