"""How the public files of the log are answered: to anybody, from any page, without cookie, session or account."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from apps.ledger.shards import first_of_name

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"
TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"
METHODS = "GET, HEAD, OPTIONS"

View = Callable[..., HttpResponse]


def open_to_all(view: View) -> View:
    """GET and HEAD, and the question whether another site's page may ask (CORS preflight)."""

    @wraps(view)
    def answering(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = response["Allow"] = METHODS
            response["Access-Control-Allow-Headers"] = "*"
            response["Access-Control-Max-Age"] = "86400"
        elif request.method in ("GET", "HEAD"):
            response = view(request, *args, **kwargs)
            if response.status_code == 304:  # says what 200 would have said (RFC 9110 §15.4.5)
                response["Cache-Control"] = A_MOMENT
        else:
            response = HttpResponseNotAllowed(METHODS.split(", "))
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answering


def of_shard(view: View) -> View:
    """The shard that the address names, as the `first` of the view; 404 where there is none. Without a name it is the
    first one, which keeps the addresses it always had: what lies below them may be cached for ever."""

    @wraps(view)
    def answering(
        request: HttpRequest, *args: object, shard: int | None = None, **kwargs: object
    ) -> HttpResponse:
        first = 0 if shard is None else first_of_name(shard)
        if first is None:
            return absent("This log has no shard of that name.")
        return view(request, *args, first=first, **kwargs)

    return answering


def public(content: bytes, content_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = caching
    return response


def compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer as gzip for who takes it (C2SP tlog-tiles, log entries)."""
    response["Vary"] = "Accept-Encoding"
    if _takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def absent(sentence: str) -> HttpResponse:
    """404. It may be there in a second, so nobody keeps it."""
    return _told(sentence, 404)


def wrong(sentence: str) -> HttpResponse:
    """400, for a question that never has an answer."""
    return _told(sentence, 400)


def _told(sentence: str, status: int) -> HttpResponse:
    response = HttpResponse(sentence + "\n", status=status, content_type=TEXT)
    response["Cache-Control"] = "no-store"
    return response


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
