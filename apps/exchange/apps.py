from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "apps.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.exchange import capturing  # noqa: F401  (registers itself with the jobs)
        from apps.exchange.intake import steps  # noqa: F401  (likewise)
        from apps.exchange.serials import reading  # noqa: F401  (likewise)
