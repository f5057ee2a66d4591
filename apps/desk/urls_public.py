"""Addresses of the desk for what the public reads and says: leaflets and reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.desk.views import leaflets, reports

urlpatterns: list[URLPattern] = [
    path("products/<uuid:pk>/leaflets/", leaflets.Leaflets.as_view(), name="leaflets"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/<int:pk>/", reports.ReportPage.as_view(), name="report"),
    path("reports/<int:pk>/photo.jpg", reports.Photo.as_view(), name="report-photo"),
]
