"""POST /api/capture: EPCIS 2.0 JSON-LD in, the fate of each event out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.custody.api_description import PROBLEM, describe_capture
from apps.custody.limits import TOO_MUCH, read_bounded
from apps.custody.outcomes import Outcome
from apps.custody.services import capture
from apps.parties.actor import actor_of
from apps.parties.permissions import HasScope
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

_FORMS = ("application/json", "application/ld+json")


class CaptureView(APIView):
    permission_classes = [HasScope("capture")]

    @describe_capture
    def post(self, request: Request) -> HttpResponse:
        mode = request.headers.get("GS1-Capture-Error-Behaviour", "rollback")
        if mode not in ("rollback", "proceed"):
            return _problem(
                400,
                [Refusal("error_behaviour", "GS1-Capture-Error-Behaviour is rollback or proceed.")],
            )
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind and kind not in _FORMS:
            raise exceptions.UnsupportedMediaType(kind)
        try:
            read = read_bounded(_document(request._request), "json")
        except RequestDataTooBig:
            return _problem(413, [Refusal("too_large", "The document is too large; split it.")])
        except Refused as refused:
            return _problem(413 if refused.refusals[0].code in TOO_MUCH else 400, refused.refusals)
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

    def handle_exception(self, exc: Exception) -> Any:
        """What REST framework refuses is told in the one shape of problems."""
        response: Any = super().handle_exception(exc)
        if not isinstance(exc, exceptions.APIException):
            return response
        sentence = (
            "Send JSON; XML goes to /epcis/capture."
            if response.status_code == 415
            else str(exc.detail)
        )
        told = _problem(response.status_code, [Refusal(exc.default_code, sentence)])
        for name in ("WWW-Authenticate", "Allow"):
            if name in response:
                told[name] = response[name]
        return told


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
    return _answer(body, status, PROBLEM)


def _answer(
    body: dict[str, Any], status: int, content_type: str = "application/json"
) -> HttpResponse:
    return HttpResponse(orjson.dumps(body, default=str), content_type, status)
