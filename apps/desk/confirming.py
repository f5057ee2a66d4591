"""Something that cannot be taken back asks for the password again, with the limit on guessing of signing in."""

from __future__ import annotations

from datetime import datetime

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from apps.parties.models import User
from apps.parties.signing_in import forgive, take_attempt, visitor_of
from pharmatrace.kernel.refusal import Refused


def has_no_password(request: HttpRequest) -> bool:
    """Whoever signs in with a passkey alone: there is no password to ask for."""
    return isinstance(request.user, User) and not request.user.has_usable_password()


# For those: sending the form asks for the passkey or another factor, unless that was given within five minutes, and
# then goes on with what was sent.
confirmed_without_password = method_decorator(
    reauthentication_required(allow_get=True, enabled=has_no_password), name="dispatch"
)


def confirm_person(*, request: HttpRequest, user: User, password: str, at: datetime) -> None:
    """Returns where it is the person's own password. Raises `Refused`: `password_wrong`, `too_many_attempts`."""
    visitor = visitor_of(request)
    if take_attempt(email=user.email, visitor=visitor, at=at) is None:
        raise Refused.one(
            "too_many_attempts",
            _("Too many wrong passwords. Please try again in fifteen minutes."),
            field="password",
        )
    if not user.check_password(password):
        raise Refused.one("password_wrong", _("This is not your password."), field="password")
    forgive(email=user.email, visitor=visitor)
