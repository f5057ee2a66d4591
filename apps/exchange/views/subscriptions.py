"""/queries/{name}/subscriptions: who is told, how it goes, and going on after a stop."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from apps.exchange.models import Subscription
from apps.exchange.named_queries import query_named
from apps.exchange.paging import after, link_next, only_paging, per_page
from apps.exchange.problems import EpcisException
from apps.exchange.subscribing import read_wish, resume, subscribe, unsubscribe
from apps.exchange.surface import Resource, answer, reader_of
from apps.exchange.views.named_queries import may_change, query_address, sent_json
from apps.parties.models import ApiToken
from pharmatrace.kernel.epcis.model import utc_text

MOMENTS = {
    "lastNotifiedAt": "last_notified_at",
    "nextRunAt": "next_run_at",
    "failingSince": "failing_since",
}


class Subscriptions(Resource):
    scopes = {"POST": "read"}

    def get(self, request: Request, name: str) -> HttpResponse:
        """Oldest first; those that have stopped are there too, with their reason."""
        only_paging(request)
        size, since = per_page(request), after(request)
        rows = _subscriptions(request, name)
        if since:
            at, id = datetime.fromisoformat(since[0]), UUID(since[1])
            rows = rows.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=id))
        found = list(rows.order_by("created_at", "pk")[: size + 1])
        response = answer([subscription_body(one) for one in found[:size]])
        if len(found) > size:
            last = found[size - 1]
            key = [last.created_at.isoformat(), str(last.pk)]
            link_next(request, response, key, at=timezone.now())
        return response

    def post(self, request: Request, name: str) -> HttpResponse:
        """201 with the subscription and where it is; 400 with what is wrong."""
        may_change(request)
        named = query_named(reader_of(request), name)
        row = subscribe(
            named=named, by=reader_of(request), token=_token(request),
            wish=read_wish(sent_json(request)), epc_format=request.headers.get("GS1-EPC-Format", "No_Preference"),
            at=timezone.now(),
        )  # fmt: skip
        path = f"{query_address(named.name)}/subscriptions/{row.pk}"
        body = subscription_body(_subscriptions(request, name).get(pk=row.pk))
        return answer(body, 201, {"Location": request.build_absolute_uri(path)})


class OneSubscription(Resource):
    scopes = {"DELETE": "read"}

    def get(self, request: Request, name: str, subscription_id: str) -> HttpResponse:
        only_paging(request)
        return answer(subscription_body(_one(request, name, subscription_id)))

    def delete(self, request: Request, name: str, subscription_id: str) -> HttpResponse:
        may_change(request)
        unsubscribe(subscription=_one(request, name, subscription_id))
        return HttpResponse(status=204)


class Resuming(Resource):
    """Ours, not GS1's: a subscription that stopped goes on from where it was."""

    scopes = {"POST": "read"}

    def post(self, request: Request, name: str, subscription_id: str) -> HttpResponse:
        may_change(request)
        row = _one(request, name, subscription_id)
        resume(subscription=row, by=reader_of(request), token=_token(request), at=timezone.now())
        return answer(subscription_body(_one(request, name, subscription_id)))


def _token(request: Request) -> ApiToken | None:
    return request.auth if isinstance(request.auth, ApiToken) else None


def _subscriptions(request: Request, name: str) -> QuerySet[Subscription]:
    return (
        Subscription.objects.filter(query=query_named(reader_of(request), name))
        .select_related("query")
        .annotate(waiting=Count("deliveries", filter=Q(deliveries__delivered_at=None)))
    )


def _one(request: Request, name: str, subscription_id: str) -> Subscription:
    try:
        id = UUID(subscription_id)
    except ValueError:
        id = UUID(int=0)
    row = _subscriptions(request, name).filter(pk=id).first()
    if row is None:
        raise EpcisException("NoSuchNameException", "There is no such subscription of this query.")
    return row


def subscription_body(row: Any) -> dict[str, Any]:
    """openapi.yaml's AbstractQuerySubscriptionResponse, and how it goes. Never the signatureToken."""
    body: dict[str, Any] = {
        "subscriptionID": str(row.pk),
        "queryName": row.query.name,
        "dest": row.dest,
        "createdAt": utc_text(row.created_at),
        "initialRecordTime": utc_text(row.initial_record_time),
        "minRecordTime": utc_text(row.last_run_at or row.initial_record_time),
        "epcFormat": row.epc_format,
    }
    if row.schedule is None:
        body["stream"] = True
    else:
        body |= {"schedule": row.schedule, "reportIfEmpty": row.report_if_empty}
    body |= {
        "state": row.state,
        "signed": row.sealed_token is not None,
        "consecutiveFailures": row.failures,
        "waitingDeliveries": row.waiting,
        "reports": row.reports,
    }
    for name, text in (("reason", row.reason), ("lastError", row.last_error)):
        if text:
            body[name] = text
    if row.last_status is not None:
        body["lastStatusCode"] = row.last_status
    for name, field in MOMENTS.items():
        if (moment := getattr(row, field)) is not None:
            body[name] = utc_text(moment)
    return body
