"""Signing in and out. Their templates are registration/*.html."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.parties import views
from apps.parties.signing_in import SignIn

urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("membership/", views.choose_membership, name="choose_membership"),
]
