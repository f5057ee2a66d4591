"""What `/api/schema/` says about /api/capture: every status with its shape, and an example of each."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from apps.custody.limits import MOST_EVENTS, MOST_PACKAGES

PROBLEM = "application/problem+json"
_REFUSAL: dict[str, Any] = {
    "type": "object",
    "required": ["code", "sentence"],
    "properties": {
        "code": {"type": "string", "description": "Stable: programs decide by it."},
        "sentence": {"type": "string", "description": "For people."},
        "pointer": {"type": "string", "description": "JSON Pointer to the place in the document."},
        "packages": {"type": "array", "items": {"type": "string"}, "description": "Whom it is about."},
    },
    "additionalProperties": True,
}  # fmt: skip
_OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["at", "fate", "kind", "eventHash"],
    "properties": {
        "at": {"type": "string", "description": "JSON Pointer to the event."},
        "fate": {"type": "string", "enum": ["accepted", "repeated", "refused", "rolled_back"]},
        "kind": {"type": "string", "nullable": True, "description": "Our word for the event."},
        "eventHash": {"type": "string", "nullable": True, "description": "Event hash ID, CBV 2.0 §8.9."},
        "refusals": {"type": "array", "items": _REFUSAL, "minItems": 1},
    },
}  # fmt: skip
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["events"],
    "properties": {"events": {"type": "array", "items": _OUTCOME}},
}
_DOCUMENT: dict[str, Any] = {
    "description": "An EPCIS 2.0 document in JSON-LD, a list of events, or one event.",
    "oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
}
_TOLD = {
    400: "The document cannot be read.",
    401: "Nobody is signed in, or the token is unknown, expired or revoked.",
    403: "The token is not for capture, the role only looks, or the CSRF token is missing.",
    406: "Here is JSON only.",
    413: f"More than {MOST_EVENTS:,} events or {MOST_PACKAGES:,} packages, or too many octets.",
    415: "Send JSON; XML goes to /epcis/capture.",
}
_SHIPMENT = {
    "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-20T21:00:00.000Z",
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventTime": "2026-11-20T21:00:00.000Z",
                "eventTimeZoneOffset": "+01:00",
                "epcList": ["https://id.gs1.org/01/09521234543213/21/S1"],
                "action": "OBSERVE",
                "bizStep": "dispensing",
                "disposition": "dispensed",
                "bizLocation": {"id": "https://id.gs1.org/414/5602000000025"},
            }
        ]
    },
}
_PLACE = "/epcisBody/eventList/0"
_HASH = "ni:///sha-256;df7bb3c352fef055578554f09f5e2aa41782150ced7bd0b8af24dd3ccb30ba69?ver=CBV2.0"
_UNKNOWN = {"code": "unknown_package", "sentence": "01/09521234543213/21/S1 was never registered."}


def _problem(status: int) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "title", "status", "refusals"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "enum": [status]},
            "refusals": {"type": "array", "items": _REFUSAL, "minItems": 1},
        },
    }


def _told(name: str, status: int, **event: Any) -> OpenApiExample:
    value = {"events": [{"at": _PLACE, "kind": "dispense", "eventHash": _HASH, **event}]}
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


_REASONS = {
    400: ("document_invalid", "This is not JSON (line 1, column 1)."),
    401: ("not_authenticated", "Authentication credentials were not provided."),
    403: ("permission_denied", "This token is not for capture."),
    406: ("not_acceptable", _TOLD[406]),
    413: ("too_many_events", f"At most {MOST_EVENTS:,} events go into one document; send several."),
    415: ("unsupported_media_type", _TOLD[415]),
}


def _refused(status: int) -> OpenApiExample:
    code, sentence = _REASONS[status]
    body = {
        "type": "about:blank",
        "title": sentence,
        "status": status,
        "refusals": [{"code": code, "sentence": sentence}],
    }
    return OpenApiExample(
        code, body, response_only=True, status_codes=[str(status)], media_type=PROBLEM
    )


describe_capture = extend_schema(
    operation_id="capture",
    tags=["capture"],
    summary="Capture EPCIS events",
    description=(
        "Every event is checked, signed and appended, or refused with every rule it breaks. With "
        "`rollback` (the default) all stand or fall together; with `proceed` each for itself. A repeated "
        "event changes nothing and is answered again. Partners' documents, XML and jobs: `/epcis/capture`."
    ),
    parameters=[
        OpenApiParameter(
            "GS1-Capture-Error-Behaviour",
            str,
            OpenApiParameter.HEADER,
            enum=["rollback", "proceed"],
            default="rollback",
            description="What happens to the other events when one is refused.",
        )
    ],
    request={"application/json": _DOCUMENT, "application/ld+json": _DOCUMENT},
    responses={
        (200, "application/json"): OpenApiResponse(
            _ANSWER, "The fate of each event; with `proceed` some may be refused."
        ),
        (409, "application/json"): OpenApiResponse(
            _ANSWER, "An event breaks a rule, and so nothing was recorded."
        ),
        **{(status, PROBLEM): OpenApiResponse(_problem(status), _TOLD[status]) for status in _TOLD},
    },
    examples=[
        OpenApiExample("a pack is dispensed", _SHIPMENT, request_only=True),
        _told("accepted", 200, fate="accepted"),
        _told("refused", 409, fate="refused", refusals=[_UNKNOWN]),
        *map(_refused, _REASONS),
    ],
)
