from __future__ import annotations

from django.apps import AppConfig


class AnchorsConfig(AppConfig):
    name = "apps.anchors"
    label = "anchors"
