from __future__ import annotations

from django.urls import path

from apps.custody.api import CaptureView

urlpatterns = [path("capture", CaptureView.as_view(), name="capture")]
