from __future__ import annotations

from django.apps import AppConfig


class VerifyConfig(AppConfig):
    name = "apps.verify"
    label = "verify"
