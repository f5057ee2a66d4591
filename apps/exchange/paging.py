"""Pages by keyset: the token says after which row the next page begins, and for which question."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from rest_framework.request import Request

from apps.exchange.problems import EpcisException
from apps.exchange.surface import reader_of
from pharmatrace.kernel.epcis.model import utc_text

PER_PAGE, MOST_PER_PAGE = 30, 1_000
LIFETIME = timedelta(days=1)
PAGING = ("perPage", "nextPageToken")
_SALT = "epcis.page"


def per_page(request: Request) -> int:
    """`perPage`, 1 to 1,000; a larger wish is met with 1,000 (the standard lets the server choose)."""
    values = request.query_params.getlist("perPage")
    if not values:
        return PER_PAGE
    if (
        len(values) > 1
        or not values[0].isascii()
        or not values[0].isdigit()
        or not int(values[0][:9])
    ):
        raise EpcisException("QueryParameterException", "perPage is a whole number from 1.")
    return min(int(values[0][:9]), MOST_PER_PAGE)


def after(request: Request) -> list[Any] | None:
    """The key the page begins after; None for the first page. Raises EpcisException."""
    token = request.query_params.get("nextPageToken")
    if token is None:
        return None
    try:
        question, key = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        question, key = "", []
    if question != _question(request):
        raise EpcisException(
            "QueryParameterException", "This nextPageToken is expired, or of another question."
        )
    return list(key)


def link_next(request: Request, response: HttpResponse, key: list[Any], *, at: datetime) -> None:
    """Adds `Link: <…>; rel="next"` and when that ends."""
    parameters = request.query_params.copy()
    parameters["nextPageToken"] = signing.dumps([_question(request), key], salt=_SALT)
    path = escape_uri_path(request.path)  # a value in it may have anything in it
    response["Link"] = f'<{path}?{parameters.urlencode()}>; rel="next"'
    response["GS1-Next-Page-Token-Expires"] = utc_text(at + LIFETIME)


def only_paging(request: Request) -> None:
    """Raises EpcisException where a list is asked with parameters it does not have."""
    for name in request.query_params:
        if name not in PAGING:
            raise EpcisException("QueryParameterException", f"{name[:80]} is not a parameter here.")


def _question(request: Request) -> str:
    """A token is good for the same question of the same organisation."""
    asked = sorted(
        (name, values) for name, values in request.query_params.lists() if name not in PAGING
    )
    text = repr((str(reader_of(request).organisation_id), request.path, asked))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
