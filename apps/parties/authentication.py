"""Machines sign in with `Authorization: Bearer pt_…` (RFC 6750 §2.1), people with their session."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.parties.models import ApiToken, User
from apps.parties.selectors import token_of

USED_WITHIN = timedelta(minutes=10)


class TokenAuthentication(BaseAuthentication):
    """Sets `request.user`, `request.auth` (the ApiToken) and `request.membership`. One query, and another
    every ten minutes that notes the use."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = token_of(text.strip(), at=now)
        if token is None:
            # One sentence for all cases: whoever tries tokens learns nothing from it.
            raise AuthenticationFailed("This token is unknown, expired or revoked.")
        note_use(token, at=now)
        request._request.membership = token.membership  # type: ignore[attr-defined]
        request._request.api_token = token  # type: ignore[attr-defined]
        return token.membership.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="PharmaTrace"'


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Writes down that the token was used, unless that was written within ten minutes."""
    if token.last_used_at is None or at - token.last_used_at > USED_WITHIN:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


class SessionAuthentication(authentication.SessionAuthentication):
    """A session with its CSRF token in the header `X-CSRFToken`.

    REST framework looks for the token in the body first and so would read and parse it, of whatever size and
    form, before anybody asked; then there is nothing left for the view.
    """

    def enforce_csrf(self, request: Request) -> None:
        plain = request._request
        if not hasattr(plain, "_post"):
            plain._post, plain._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
        super().enforce_csrf(plain)  # type: ignore[arg-type]
