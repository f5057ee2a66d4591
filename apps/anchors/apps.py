from __future__ import annotations

from django.apps import AppConfig


class AnchorsConfig(AppConfig):
    name = "apps.anchors"
    label = "anchors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.anchors import audits, receivers  # noqa: F401  (they register themselves)
        from apps.anchors.backends import backends
        from apps.anchors.describing import anchors_told
        from apps.anchors.evm import evidence as evm
        from apps.anchors.journal import backend
        from apps.anchors.pages import export_pages
        from apps.ledger import guard
        from apps.ledger.describing import register_anchors
        from apps.ledger.exporting.further import register_pages

        guard.register(backend.NAME, backend.evidence, keep_up=backend.keep_up)
        # Stamps and Bitcoin proofs say when a tree was there, and cannot be asked for the largest: no sources.
        guard.register("evm", evm.evidence)
        register_pages("anchors", export_pages)
        register_anchors(anchors_told)
        backends()  # a setting that cannot be meant stops the start
