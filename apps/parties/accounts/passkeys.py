"""A passkey for somebody who has no account yet: made with the account, in one step and one transaction."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.internal import auth
from django.db import connection
from django.http import HttpRequest

from apps.parties.accounts.forms import guarded
from apps.parties.models import User

RESERVED = "reserved_user_id"


def reserved_user(request: HttpRequest, *, email: str) -> User:
    """A user that is not stored, under a number that will be nobody else's: a passkey carries its owner's number, so
    it must be known before the account is made. The session keeps the number."""
    if RESERVED not in request.session:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('parties_user', 'id'))")
            request.session[RESERVED] = cursor.fetchone()[0]
    return User(pk=request.session[RESERVED], email=email, name=email)


def creation_options(user: User) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked for; the challenge is kept in the session."""
    return auth.begin_registration(user, True)


def check_credential(credential: dict[str, Any]) -> None:
    """Raises ValidationError where it is no answer to the challenge, or its owner was not verified."""

    def check() -> None:
        auth.parse_registration_response(credential)
        if not auth.complete_registration(credential).is_user_verified():
            raise get_adapter().validation_error("incorrect_code")

    guarded(check)


def keep_credential(user: User, *, name: str, credential: dict[str, Any]) -> None:
    """Stores it as a way for `user` to sign in."""
    auth.WebAuthn.add(user, name, credential)
