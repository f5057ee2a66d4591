from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "apps.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.ledger import auditing, registry  # noqa: F401  (they register themselves)
        from apps.ledger.witnessing import startup

        startup.register()
