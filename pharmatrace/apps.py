from __future__ import annotations

from django.apps import AppConfig


class PharmaTraceConfig(AppConfig):
    name = "pharmatrace"

    def ready(self) -> None:
        # Every process that rings a doorbell needs the Celery application, not only the worker. Here and not
        # in __init__.py: the kernel lives below this package and must import nothing.
        from pharmatrace import celery  # noqa: F401
