"""This installation as a witness for other logs: submission and monitoring prefix are both `/witness/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from apps.ledger.cosigning import views

app_name = "witness"
urlpatterns: list[URLPattern | URLResolver] = [
    path("add-checkpoint", views.add_checkpoint, name="add-checkpoint"),
    path("add-key", views.add_key, name="add-key"),
    path("keys", views.keys, name="keys"),
    re_path(
        r"^(?P<origin_hash>[0-9a-f]{64})/checkpoint\Z", views.latest_checkpoint, name="checkpoint"
    ),
]
