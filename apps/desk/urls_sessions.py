"""Addresses of scan sessions."""

from __future__ import annotations

from django.urls import path

from apps.desk.views import (
    session_lines,
    session_opening,
    session_pages,
    session_scans,
    session_signing,
)

urlpatterns = [
    path("sessions/", session_pages.Sessions.as_view(), name="sessions"),
    path("sessions/new/<slug:kind>/", session_opening.Open.as_view(), name="session-new"),
    path("sessions/worker.js", session_pages.Worker.as_view(), name="session-worker"),
    path("sessions/<uuid:pk>/", session_pages.SessionPage.as_view(), name="session"),
    path("sessions/<uuid:pk>/lines/", session_lines.Lines.as_view(), name="session-lines"),
    path("sessions/<uuid:pk>/scans/", session_scans.Scans.as_view(), name="session-scans"),
    path("sessions/<uuid:pk>/lines/<int:line>/remove/", session_lines.Remove.as_view(), name="session-line-remove"),
    path("sessions/<uuid:pk>/lines/<int:line>/refuse/", session_lines.Refuse.as_view(), name="session-line-refuse"),
    path("sessions/<uuid:pk>/review/", session_signing.Review.as_view(), name="session-review"),
    path("sessions/<uuid:pk>/sign/", session_signing.Sign.as_view(), name="session-sign"),
    path("sessions/<uuid:pk>/drop/", session_signing.Drop.as_view(), name="session-drop"),
]  # fmt: skip
