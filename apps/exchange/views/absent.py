"""What the standard has and this service does not offer: it says so, and never pretends."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.exchange.problems import EpcisException
from apps.exchange.surface import Resource


class Nowhere(Resource):
    """An address that is none of the standard's: a machine is told so in its own terms."""

    scopes = {"POST": "read", "PUT": "read", "PATCH": "read", "DELETE": "read"}

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        raise EpcisException("NoSuchNameException", "There is nothing at this address.")

    post = put = patch = delete = options = get


class PageToken(Resource):
    """DELETE of a token: tokens are signed, not kept, and end by themselves; the standard allows 501."""

    scopes = {"DELETE": "read"}

    def delete(self, request: Request, token: str) -> HttpResponse:
        raise EpcisException(
            "ImplementationException", "Page tokens end by themselves after a day.", status=501
        )
