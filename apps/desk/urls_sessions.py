"""Addresses of scan sessions, and of the shelves and orders they work on."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from apps.desk.views import (
    orders,
    session_lines,
    session_opening,
    session_pages,
    session_scans,
    session_signing,
    shelves,
)

urlpatterns = [
    path("record/lock/", RedirectView.as_view(url="/sessions/new/lock/", query_string=True)),
    path("record/unlock/", RedirectView.as_view(url="/sessions/new/unlock/", query_string=True)),
    path("inventory/", shelves.Inventory.as_view(), name="inventory"),
    path("quarantine/", shelves.Quarantine.as_view(), name="quarantine"),
    path("returns/", shelves.Returns.as_view(), name="returns"),
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/new/", orders.NewOrder.as_view(), name="order-new"),
    path("orders/<uuid:pk>/", orders.OrderPage.as_view(), name="order"),
    path("orders/<uuid:pk>/close/", orders.CloseOrder.as_view(), name="order-close"),
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
