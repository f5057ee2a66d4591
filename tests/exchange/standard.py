"""GS1's openapi.yaml, from the conformance folder: references outside it resolved there, nothing fetched, and
amended where it is wrong or forgets something. Every amendment is named in docs/conformance.md with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_STUB = "https://gs1.github.io/EPCIS/REST%20Bindings/JSON-Schema-Stub.json#/definitions/"
_PREFIX = "#/components/schemas/EPCIS."
METHODS = ("get", "post", "put", "delete", "options")


@cache
def _read(path: Path) -> Any:
    text = path.read_text()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, loader)


def as_published(conformance: Path) -> dict[str, Any]:
    """openapi.yaml, with the definitions of GS1's JSON Schema where it has references to a stub of them."""
    folder = conformance / "gs1-epcis"
    document = _resolved(_read(folder / "REST Bindings" / "openapi.yaml"))
    schema = _read(folder / "EPCIS-JSON-Schema.json")
    for name, definition in schema["definitions"].items():
        document["components"]["schemas"][f"EPCIS.{name}"] = _resolved(definition)
    return dict(document)


def as_amended(conformance: Path) -> dict[str, Any]:
    document = as_published(conformance)
    for amend in AMENDMENTS.values():
        amend(document)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of each."""
    for path, described in document["paths"].items():
        for method in METHODS:
            if method in described:
                yield path, method, described[method]


def seed(document: dict[str, Any], values: dict[str, list[str]]) -> None:
    """Path parameters take these values and no others: those that are there, and some that are not."""
    for described in document["paths"].values():
        own = [
            one for one in described.get("parameters", ()) if _named(document, one)["in"] == "path"
        ]
        described["parameters"] = [one for one in described.get("parameters", ()) if one not in own]
        for one in own:
            name = _named(document, one)["name"]
            described["parameters"].append(
                {
                    "name": name, "in": "path", "required": True,
                    "schema": {"type": "string", "enum": values[name]},
                }
            )  # fmt: skip


def _named(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    reference = parameter.get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["parameters"][reference]) if reference else parameter


def _resolved(node: Any) -> Any:
    """Without examples, some of which are references to files, and which check nothing."""
    if isinstance(node, list):
        return [_resolved(one) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        for start in (_STUB, "#/definitions/"):
            if reference.startswith(start):
                return {"$ref": _PREFIX + reference.removeprefix(start)}
    return {name: _resolved(value) for name, value in node.items() if name != "example"}


def _refusal(*types: str, status: int) -> dict[str, Any]:
    """A response like those of openapi.yaml."""
    schema = {
        "allOf": [
            {
                "properties": {
                    "status": {"enum": [status]},
                    "type": {"enum": [f"epcisException:{one}" for one in types]},
                }
            },
            {"$ref": "#/components/schemas/RFC7807ProblemResponseBody"},
        ]
    }
    forms = ("application/problem+json", "application/problem+xml")
    return {"description": "", "content": {form: {"schema": schema} for form in forms}}


QUESTION = ("QueryValidationException", "QueryParameterException", "ValidationException")


def _lists_forget_400(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        asks = "{" not in path or path == "/events/{eventID}"
        if method == "get" and asks and path != "/":
            operation["responses"].setdefault("400", _refusal(*QUESTION, status=400))


def _queries_forget_400(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if path.startswith("/queries") and method in ("get", "post"):
            types = (*QUESTION, "SubscriptionControlsException")
            operation["responses"].setdefault("400", _refusal(*types, status=400))


def _events_forget_413(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if method == "get" and path.endswith("events"):
            types = ("QueryTooLargeException", "QueryTooComplexException")
            operation["responses"].setdefault("413", _refusal(*types, status=413))


def _bad_requests_have_no_xml(document: dict[str, Any]) -> None:
    """Only problem+json for 400, where every other status has problem+xml too."""
    places = [operation["responses"] for _, _, operation in operations(document)]
    for response in [document["components"]["responses"]["400QueryIssues"]] + [
        place["400"] for place in places if "content" in place.get("400", {})
    ]:
        content = response["content"]
        if "application/problem+json" in content:
            content.setdefault("application/problem+xml", content["application/problem+json"])


def _subscriptions_have_other_problems(document: dict[str, Any]) -> None:
    response = document["components"]["responses"]["400SubscriptionIssues"]
    types = ("SubscriptionControlsException", *QUESTION)
    response["content"] = _refusal(*types, status=400)["content"]


def _conflict_says_406(document: dict[str, Any]) -> None:
    response = document["components"]["responses"]["409ResourceAlreadyExistsException"]
    response["content"] = _refusal("ResourceAlreadyExistsException", status=409)["content"]


def _a_type_is_mistyped(document: dict[str, Any]) -> None:
    response = document["components"]["responses"]["415UnsupportedMediaType"]
    response["content"] = _refusal("UnsupportedMediaTypeException", status=415)["content"]


def _capture_job_is_either_or_both(document: dict[str, Any]) -> None:
    job = document["components"]["schemas"]["CaptureJob"]
    for part in job["allOf"]:
        if "oneOf" in part:
            part["anyOf"] = part.pop("oneOf")


def _links_are_no_uris(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Link"].pop("format")


def _extensions_are_text(document: dict[str, Any]) -> None:
    """As answered; what is asked stays an object."""
    header = document["components"]["headers"]["GS1-Extensions"]
    header["schema"] = {"type": "string", "pattern": "^[^,=]+=[^,]+(,[^,=]+=[^,]+)*$"}


def _one_query_is_no_list(document: dict[str, Any]) -> None:
    answer = document["paths"]["/queries/{queryName}"]["get"]["responses"]["200"]
    described = answer["content"]["application/json"]
    described["schema"] = described["schema"]["items"]


def _page_tokens_need_a_caller(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        for status in (401, 403):
            operation["responses"].setdefault(
                str(status), _refusal("SecurityException", status=status)
            )


AMENDMENTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "lists-400": _lists_forget_400,
    "queries-400": _queries_forget_400,
    "events-413": _events_forget_413,
    "400-xml": _bad_requests_have_no_xml,
    "400-subscriptions": _subscriptions_have_other_problems,
    "409-status": _conflict_says_406,
    "415-type": _a_type_is_mistyped,
    "capture-job": _capture_job_is_either_or_both,
    "link": _links_are_no_uris,
    "extensions": _extensions_are_text,
    "one-query": _one_query_is_no_list,
    "page-token": _page_tokens_need_a_caller,
}
