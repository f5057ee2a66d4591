"""Signing in and out, and one's own account. allauth's views under our addresses: those of theirs that we do not
name do not exist here (signing up, several e-mail addresses, codes by mail)."""

from __future__ import annotations

from allauth.account import views as allauth
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from apps.parties import views
from apps.parties.accounts import pages
from apps.parties.signing_in import SignIn

_closed = TemplateView.as_view(template_name="account/signup_closed.html")
_inactive = TemplateView.as_view(template_name="account/account_inactive.html")

urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("membership/", views.choose_membership, name="choose_membership"),
    path("account/", pages.Account.as_view(), name="account"),
    path("account/second-factor/", pages.SecondFactorNeeded.as_view(), name="second-factor-needed"),
    path("account/sign-ins/<str:pk>/end/", pages.EndSignIn.as_view(), name="sign-in-end"),
    path("account/password/change/", allauth.password_change, name="account_change_password"),
    path("account/password/set/", allauth.password_set, name="account_set_password"),
    path("account/password/reset/", pages.ResetPassword.as_view(), name="account_reset_password"),
    path(
        "account/password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "account/password/reset/key/<str:uidb36>-<str:key>/",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/confirm/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/2fa/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("account/2fa/", include("allauth.mfa.urls")),
    # Names that allauth looks up.
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("account/by-invitation/", _closed, name="account_signup"),
    path("account/closed/", _inactive, name="account_inactive"),
]
