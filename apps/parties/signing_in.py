"""Signing in by e-mail address and password, with a limit on guessing.

Five wrong passwords for one address from one visitor within fifteen minutes, then no more until the
oldest of them is fifteen minutes old. Each try is written down before the password is looked at, so
a hundred at once do not slip past; a right password clears the list. Another visitor is not kept
out by it, so nobody can lock out somebody else.

Fifty wrong ones from one visitor, for whatever addresses, and that visitor waits too: so one password
is not tried on a thousand accounts. Right passwords do not count, so a pharmacy whose people share one
network address meets this limit only when somebody among them is guessing.

allauth limits the rest (codes of second factors, passkeys, resets, confirmations), per process or not as the cache
is: settings.CACHES is a table, so that all web processes count together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.parties.models import SignInAttempt
from apps.parties.people import address

MOST = 5
MOST_FROM_ONE_VISITOR = 50
WINDOW = timedelta(minutes=15)


def take_attempt(*, email: str, visitor: str | None, at: datetime) -> SignInAttempt | None:
    """Writes a try down before the password is checked; None when there were too many.

    Commits by itself (no transaction around it), so that parallel tries see each other.
    """
    SignInAttempt.objects.filter(tried_at__lt=at - WINDOW).delete()
    attempt = SignInAttempt.objects.create(email=email, address=visitor, tried_at=at)
    recent = SignInAttempt.objects.filter(address=visitor)
    too_many = recent.filter(email=email).count() > MOST
    if too_many or (visitor is not None and recent.count() > MOST_FROM_ONE_VISITOR):
        attempt.delete()  # a refused try does not lengthen the wait
        return None
    return attempt


def forgive(*, email: str, visitor: str | None) -> None:
    """The right password was given: the wrong ones before it are forgotten."""
    SignInAttempt.objects.filter(email=email, address=visitor).delete()


def visitor_of(request: HttpRequest | None) -> str | None:
    """The visitor's network address.

    Behind proxies of ours (settings.TRUSTED_PROXIES, how many) it is what the outermost of them
    wrote into X-Forwarded-For; what stands left of it comes from the visitor and is not believed.
    Of an IPv6 address only the network counts (/64): one customer has all the addresses in it.
    """
    if request is None:
        return None
    hops = getattr(settings, "TRUSTED_PROXIES", 0)
    found = request.META.get("REMOTE_ADDR", "")
    if hops:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        found = forwarded[-hops] if len(forwarded) >= hops else found
    try:
        parsed = ip_address(found)
    except ValueError:
        return None  # a Unix socket has no address
    if not isinstance(parsed, IPv6Address):
        return found
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed.packed, 64), strict=False).network_address)


class SignInForm(AuthenticationForm):
    """The field is called `username`, as django.contrib.auth has it, and takes an e-mail address."""

    username = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "email"}),
    )
    error_messages = {
        "invalid_login": _("This address and password do not belong together."),
        "inactive": _("This account is closed."),
        "too_many_attempts": _("Too many wrong passwords. Please try again in fifteen minutes."),
    }

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("username") and self.cleaned_data.get("password")):
            return self.cleaned_data
        email = address(self.cleaned_data["username"])
        visitor = visitor_of(self.request)
        if take_attempt(email=email, visitor=visitor, at=timezone.now()) is None:
            raise ValidationError(
                self.error_messages["too_many_attempts"], code="too_many_attempts"
            )
        self.cleaned_data["username"] = email
        cleaned = super().clean()  # raises when the password is wrong: the attempt stays
        forgive(email=email, visitor=visitor)
        return cleaned


class SignIn(LoginView):
    """The right password; then allauth goes on, to the second factor where there is one. The admin has no door
    of its own."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        credentials = {"email": form.cleaned_data["username"]}
        response: HttpResponse = perform_password_login(self.request, credentials, login)
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"mail": settings.MAIL_IS_SENT}
