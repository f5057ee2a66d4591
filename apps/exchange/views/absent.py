"""What the standard has and this service does not offer: it says so, and never pretends."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from apps.exchange.problems import EpcisException
from apps.exchange.surface import Resource


class PageToken(Resource):
    """DELETE of a token: tokens are signed, not kept, and end by themselves; the standard allows 501."""

    scopes = {"DELETE": "read"}

    def delete(self, request: Request, token: str) -> HttpResponse:
        raise EpcisException(
            "ImplementationException", "Page tokens end by themselves after a day.", status=501
        )
