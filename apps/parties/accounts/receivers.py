"""What allauth and Django tell of accounts: sign-ins are remembered, changes become deeds."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as accounts
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import override

from apps.parties import deeds
from apps.parties.models import BrowserSession, User
from apps.parties.sessions import note_sign_in


@receiver(user_logged_in)
def remember_sign_in(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    """And what has expired of that person's is cleared away."""
    if request is not None and hasattr(request, "session"):
        now = timezone.now()
        BrowserSession.objects.filter(user=user, expire_date__lt=now).delete()
        note_sign_in(request, at=now)


@receiver(accounts.password_changed)
@receiver(accounts.password_set)
@receiver(accounts.password_reset)
def password_changed(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old password is signed out everywhere else."""
    others = BrowserSession.objects.filter(user=user)
    others.exclude(session_key=request.session.session_key or "").delete()
    _deed(deeds.Action.PASSWORD_CHANGED, user, user.email)


@receiver(factors.authenticator_added)
def factor_added(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    _deed(deeds.Action.FACTOR_ADDED, user, _about(user, authenticator))


@receiver(factors.authenticator_removed)
def factor_removed(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    _deed(deeds.Action.FACTOR_REMOVED, user, _about(user, authenticator))


def _about(user: User, authenticator: Authenticator) -> str:
    """What is kept is English, whatever language the page spoke."""
    with override(settings.LANGUAGE_CODE):
        return f"{authenticator.get_type_display()}, {user.email}"


def _deed(action: deeds.Action, user: User, about: str) -> None:
    with transaction.atomic():
        deeds.record_of_person(action, user, about=about, at=timezone.now())
