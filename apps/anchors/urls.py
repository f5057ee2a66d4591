"""Anchors, below a shard's prefix: `anchors/newest`, `anchors/<size>`, `anchors/<size>-<hash>.tsr` or `.ots`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from apps.anchors import views
from apps.ledger import urls  # noqa: F401  (its converter of numbers)

app_name = "anchors"
shard_files: list[URLPattern | URLResolver] = [
    path("newest", views.newest, name="newest"),
    path("<number:size>", views.anchors, name="of-size"),
    re_path(
        r"^(?P<size>0|[1-9][0-9]{0,17})-(?P<digest>[0-9a-f]{16})\.(?P<ending>tsr|ots)\Z",
        views.proof,
        name="proof",
    ),
]
urlpatterns = shard_files
