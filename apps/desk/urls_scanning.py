"""Addresses of scanning: the counter, where packs are dispensed, and the scanner check."""

from __future__ import annotations

from django.urls import path

from apps.desk.views import dispensing, scanners, undoing

urlpatterns = [
    path("dispense/", dispensing.Dispense.as_view(), name="dispense"),
    path("dispense/undo/", undoing.UndoDispense.as_view(), name="undo-dispense"),
    path("scanner/", scanners.ScannerCheck.as_view(), name="scanner"),
    path("scanner/keep/", scanners.KeepScanner.as_view(), name="scanner-keep"),
    path("scanner/choose/", scanners.ChooseScanner.as_view(), name="scanner-choose"),
    path("scanner/reference.png", scanners.ReferenceCode.as_view(), name="scanner-reference"),
]
