"""How tokens and sessions are described in `/api/schema/`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.parties.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "pt_…",
            "description": "A token of a member, with the scope `capture` or `read` (RFC 6750 §2.1).",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "apps.parties.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Somebody who is signed in; POST and DELETE need the header `X-CSRFToken` too.",
        }
