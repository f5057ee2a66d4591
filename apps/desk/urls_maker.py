"""Addresses of a manufacturer's work."""

from __future__ import annotations

from django.urls import path

from apps.desk.views import catalog, commission

urlpatterns = [
    path("batches/<uuid:pk>/change/", catalog.ChangeBatch.as_view(), name="batch-change"),
    path("serials/<uuid:pk>/", commission.SerialListPage.as_view(), name="serials"),
    path(
        "serials/<uuid:pk>/progress/",
        commission.SerialListPage.as_view(fragment=True),
        name="serials-progress",
    ),
    path("serials/<uuid:pk>/start/", commission.StartList.as_view(), name="serials-start"),
    path("serials/<uuid:pk>/discard/", commission.DiscardList.as_view(), name="serials-discard"),
]
