from __future__ import annotations

from django.urls import path

from apps.parties import views

app_name = "parties"
urlpatterns = [
    path("<uuid:organisation_id>/did.json", views.did, name="did"),
]
