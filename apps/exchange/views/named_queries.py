"""/queries: what an organisation asks again and again, under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from apps.exchange.models import NamedQuery
from apps.exchange.named_queries import define_query, drop_query, query_named, question_of
from apps.exchange.paging import after, link_next, only_paging, per_page
from apps.exchange.problems import EpcisException
from apps.exchange.surface import Resource, answer, reader_of
from apps.exchange.views.events import Listing
from apps.parties.actor import actor_of

MOST_OCTETS = 100_000
# What a subscription by WebSocket would be asked with.
_STREAMING = (
    "second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "stream", "reportIfEmpty",
    "initialRecordTime",
)  # fmt: skip


class NamedQueries(Resource):
    scopes = {"POST": "read"}

    def get(self, request: Request) -> HttpResponse:
        """Those of one's own organisation, by name."""
        only_paging(request)
        size, since = per_page(request), after(request)
        mine = NamedQuery.objects.filter(organisation_id=reader_of(request).organisation_id)
        if since:
            mine = mine.filter(name__gt=since[0])
        found = list(mine.order_by("name")[: size + 1])
        response = answer([query_body(one) for one in found[:size]])
        if len(found) > size:
            link_next(request, response, [found[size - 1].name], at=timezone.now())
        return response

    def post(self, request: Request) -> HttpResponse:
        """201 and where it is; 409 where the name is taken; 400 with every parameter that is wrong."""
        may_change(request)
        body = sent_json(request)
        if not isinstance(body, dict) or set(body) != {"name", "query"}:
            raise EpcisException("ValidationException", "Send an object with name and query.")
        named = define_query(
            owner=reader_of(request), name=body["name"], query=body["query"], at=timezone.now()
        )
        return answer(query_body(named), 201, {"Location": query_address(named.name)})


class OneNamedQuery(Resource):
    scopes = {"DELETE": "read"}

    def get(self, request: Request, name: str) -> HttpResponse:
        only_paging(request)
        return answer(query_body(query_named(reader_of(request), name)))

    def delete(self, request: Request, name: str) -> HttpResponse:
        """204. Its subscriptions end too."""
        may_change(request)
        drop_query(named=query_named(reader_of(request), name))
        return HttpResponse(status=204)


class NamedQueryEvents(Listing):
    def get(self, request: Request, name: str) -> HttpResponse:
        """What the query finds now, page by page."""
        named = query_named(reader_of(request), name)
        if "websocket" in request.headers.get("Upgrade", "").lower() or any(
            one in request.query_params for one in _STREAMING
        ):
            raise EpcisException(
                "SubscriptionControlsException",
                "WebSockets are not offered here: POST a subscription with dest to"
                f" {query_address(name)}/subscriptions, and reports are sent there.",
            )
        only_paging(request)
        return self.answer_with(request, question_of(named), named.name)


def query_body(named: NamedQuery) -> dict[str, Any]:
    return {"name": named.name, "query": named.query}


def query_address(name: str) -> str:
    return reverse("exchange:queries") + "/" + quote(name, safe="")


def may_change(request: Request) -> None:
    """Raises EpcisException 403 for those who may only look: queries and subscriptions are everybody's in an
    organisation, and reports go to whom they name."""
    if not actor_of(reader_of(request)).may_operate:
        raise EpcisException("SecurityException", "Your role lets you look, not change.")


def sent_json(request: Request) -> Any:
    """The body. Raises EpcisException 415, and 400 where it is no JSON or far too long for what it is."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/ld+json"):
        raise EpcisException("UnsupportedMediaTypeException", f"{kind or 'Nothing'} is not read.")
    content = request._request.read(MOST_OCTETS + 1)
    if len(content) > MOST_OCTETS:
        raise EpcisException("ValidationException", f"At most {MOST_OCTETS:,} octets.")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise EpcisException("ValidationException", f"This is no JSON: {error}.") from None
