"""The public log (C2SP tlog-tiles), below its prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.ledger import views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("key", views.key, name="key"),
    path("tile/<path:rest>", views.tile, name="tile"),
]
