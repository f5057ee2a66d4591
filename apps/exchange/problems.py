"""Refusals in the standard's own terms: RFC 7807 documents with EPCIS exception types."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpResponse

from apps.exchange.as_xml import problem_xml
from pharmatrace.kernel.refusal import Refusal

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# openapi.yaml allows each status these types; the first title is for people.
TITLES = {
    "ValidationException": (400, "The document or event is not right."),
    "QueryParameterException": (400, "A query parameter is not right."),
    "SubscriptionControlsException": (400, "The subscription is not right."),
    "SecurityException": (403, "You may not do this."),
    "NoSuchNameException": (404, "There is no such resource."),
    "NotAcceptableException": (406, "This cannot be answered in the form you accept."),
    "ResourceAlreadyExistsException": (409, "This is here already."),
    "CaptureLimitExceededException": (413, "The document is too large."),
    "QueryTooLargeException": (413, "More events match than you allow."),
    "QueryTooComplexException": (413, "This question takes too long to answer."),
    "URITooLongException": (414, "The address is too long."),
    "UnsupportedMediaTypeException": (415, "Send application/json, application/ld+json or XML."),
    "ImplementationException": (500, "Something went wrong on our side."),
}


class EpcisException(Exception):
    """One of the standard's exceptions; `more` are further members of the problem document."""

    def __init__(self, name: str, detail: str, *, status: int = 0, **more: Any) -> None:
        super().__init__(detail)
        self.name, self.detail, self.more = name, detail, more
        self.status = status or TITLES[name][0]

    def body(self) -> dict[str, Any]:
        body = {
            "type": f"epcisException:{self.name}",
            "title": TITLES[self.name][1] if self.status not in (405, 501) else "Not offered.",
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        return dict(_writable(json.loads(json.dumps(body, default=str))))


def _writable(value: Any) -> Any:
    """Partners' text is quoted in reasons; what neither XML, JSON nor PostgreSQL can hold becomes `?`."""
    if isinstance(value, str):
        return _UNWRITABLE.sub("?", value)
    if isinstance(value, dict):
        return {_writable(name): _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


def invalid(refusals: Sequence[Refusal]) -> EpcisException:
    """A ValidationException that lists every reason with its place."""
    told = [refusal_body(one) for one in refusals]
    return EpcisException("ValidationException", refusals[0].sentence, refusals=told)


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "sentence": refusal.sentence, **refusal.data}


def problem_response(problem: EpcisException, *, xml: bool) -> HttpResponse:
    """problem+json or problem+xml; both with places, codes and receipts."""
    body = problem.body()
    if xml:
        return HttpResponse(problem_xml(body), "application/problem+xml", problem.status)
    return HttpResponse(orjson.dumps(body), "application/problem+json", problem.status)
