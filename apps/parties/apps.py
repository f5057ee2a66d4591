from __future__ import annotations

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "apps.parties"
    label = "parties"

    def ready(self) -> None:
        from apps.parties import scheme_description  # noqa: F401  (drf-spectacular finds it by itself)
        from apps.parties.accounts import receivers  # noqa: F401  (they connect themselves)
