from __future__ import annotations

from django.apps import AppConfig


class AnchorsConfig(AppConfig):
    name = "apps.anchors"
    label = "anchors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.anchors import audits, receivers  # noqa: F401  (they register themselves)
        from apps.anchors.journal import backend
        from apps.ledger import guard

        guard.register(backend.NAME, backend.evidence, keep_up=backend.keep_up)
