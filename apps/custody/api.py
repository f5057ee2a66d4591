"""POST /api/capture: EPCIS 2.0 JSON-LD in, the fate of each event out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.custody.outcomes import Outcome
from apps.custody.services import capture
from apps.parties.actor import actor_of
from apps.parties.permissions import HasScope
from pharmatrace.kernel.epcis.jsonld import read_document
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_EVENTS = 10_000


class CaptureView(APIView):
    permission_classes = [HasScope("capture")]

    @extend_schema(
        summary="Capture EPCIS events",
        parameters=[
            OpenApiParameter(
                "GS1-Capture-Error-Behaviour",
                str,
                OpenApiParameter.HEADER,
                enum=["rollback", "proceed"],
            )
        ],
        request={
            "application/json": OpenApiTypes.OBJECT,
            "application/ld+json": OpenApiTypes.OBJECT,
        },
        responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT, 409: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> HttpResponse:
        mode = request.headers.get("GS1-Capture-Error-Behaviour", "rollback")
        if mode not in ("rollback", "proceed"):
            return _problem(
                400,
                [Refusal("error_behaviour", "GS1-Capture-Error-Behaviour is rollback or proceed.")],
            )
        try:
            read = read_document(_document(request._request))
            _bounded(read)
        except RequestDataTooBig:
            return _problem(413, [Refusal("too_large", "The document is too large; split it.")])
        except Refused as refused:
            return _problem(400, refused.refusals)
        unreadable = {pointer: _reasons(one) for pointer, one in read if isinstance(one, Refusal)}
        if unreadable and mode == "rollback":
            return _problem(400, [one for reasons in unreadable.values() for one in reasons])
        events = [(pointer, one) for pointer, one in read if isinstance(one, Event)]
        try:
            result = capture(
                actor=actor_of(request._request.membership),  # type: ignore[attr-defined]
                events=[event for _, event in events],
                at=timezone.now(),
                mode=mode,  # type: ignore[arg-type]
            )
        except Refused as refused:
            return _problem(403, refused.refusals)
        fates = {p: o for (p, _), o in zip(events, result.outcomes, strict=True)}
        fates |= {p: Outcome("refused", refusals=reasons) for p, reasons in unreadable.items()}
        body = {"events": [{"at": p, **outcome_json(fates[p])} for p, _ in read]}
        return _answer(body, 200 if result.ok or mode == "proceed" else 409)


def _document(request: HttpRequest) -> bytes:
    """The body, which may be larger than what the other pages take: the caller is known by now.

    Raises RequestDataTooBig.
    """
    most = settings.CAPTURE_MAX_MEMORY_SIZE
    document: bytes = request.read(most + 1)
    if len(document) > most:
        raise RequestDataTooBig
    return document


def _reasons(unreadable: Refusal) -> tuple[Refusal, ...]:
    """The reader gathers an event's faults in one refusal; here each is told with its place."""
    return tuple(unreadable.data.get("refusals", (unreadable,)))


def _bounded(read: list[Any]) -> None:
    if len(read) > MOST_EVENTS:
        raise Refused.one("too_many_events", f"At most {MOST_EVENTS:,} events go into one request.")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    body: dict[str, Any] = {
        "fate": outcome.fate,
        "kind": outcome.kind or None,
        "eventHash": outcome.event_hash or None,
    }
    if outcome.refusals:
        body["refusals"] = [refusal_json(one) for one in outcome.refusals]
    return body


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "sentence": refusal.sentence, **refusal.data}


def _problem(status: int, refusals: Sequence[Refusal]) -> HttpResponse:
    """RFC 9457 problem details."""
    body = {
        "type": "about:blank",
        "title": refusals[0].sentence,
        "status": status,
        "refusals": [refusal_json(one) for one in refusals],
    }
    return _answer(body, status, "application/problem+json")


def _answer(
    body: dict[str, Any], status: int, content_type: str = "application/json"
) -> HttpResponse:
    return HttpResponse(orjson.dumps(body, default=str), content_type, status)
