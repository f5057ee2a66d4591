from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.ledger.urls import Number  # noqa: F401  (registers the converter)
from apps.verify.explorer import views

app_name = "explorer"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.ledger, name="ledger"),
    path("checkpoint/<number:size>/", views.checkpoint, name="checkpoint"),
    path("entry/<number:index>/", views.entry, name="entry"),
    path("growth/", views.growth, name="growth"),
]
