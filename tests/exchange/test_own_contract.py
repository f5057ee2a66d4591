"""Our own OpenAPI document (`/api/schema/`): whole, and kept."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from tests.custody.goods import Goods, uris
from tests.exchange.asking import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> Any:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format=openapi-json", stdout=out)
    return json.loads(out.getvalue())


def test_everything_is_described(document: Any) -> None:
    """Every answer has a sentence, a shape and an example that has this shape; and who may is said."""
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    described = [one for path in document["paths"].values() for one in path.values()]
    assert described
    for operation in described:
        assert operation["security"] == [{"token": []}, {"session": []}]
        assert {"200", "400", "401", "403", "406", "415"} <= set(operation["responses"])
        for response in operation["responses"].values():
            assert response["description"]
            for content in response["content"].values():
                for example in content["examples"].values():
                    Draft202012Validator(content["schema"]).validate(
                        [example["value"]][0]  # nullable is OpenAPI's: no example is null
                    )


def test_the_service_keeps_it(machine: Any, mia: Any, goods: Goods, document: Any) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    me = machine(mia)
    with asked(document, at="") as ask:
        for path, operations in document["paths"].items():
            for method in operations:
                assert ask(path, method, me.headers) is None


@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({}, "application/json", 401),
        ({"Authorization": "Bearer pt_no"}, "application/json", 401),
        (None, "text/csv", 415),
        (None, "application/xml", 415),
    ],
)
def test_what_the_frame_refuses_has_the_same_shape(
    machine: Any, mia: Any, document: Any, headers: Any, kind: str, status: int
) -> None:
    me = machine(mia)
    answer = me.client.post(
        "/api/capture", b"[]", content_type=kind, headers=me.headers if headers is None else headers
    )
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert status != 401 or answer["WWW-Authenticate"].startswith("Bearer")
    shape = document["paths"]["/api/capture"]["post"]["responses"][str(status)]["content"]
    Draft202012Validator(shape["application/problem+json"]["schema"]).validate(answer.json())


@pytest.mark.parametrize("bound", ["MOST_EVENTS", "MOST_PACKAGES"])
def test_too_much_at_once_is_told_before_it_is_read(
    machine: Any, mia: Any, goods: Goods, monkeypatch: Any, bound: str
) -> None:
    monkeypatch.setattr(f"apps.custody.limits.{bound}", 1)
    me = machine(mia)
    event = {
        "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-11-20T21:00:00Z",
        "eventTimeZoneOffset": "+00:00", "epcList": uris(2),
    }  # fmt: skip
    body = json.dumps([event, {"type": "unreadable"}] if bound == "MOST_EVENTS" else [event])
    answer = me.client.post("/api/capture", body, "application/json", headers=me.headers)
    assert answer.status_code == 413
    assert answer.json()["refusals"][0]["code"] == f"too_many_{bound[5:].lower()}"
    exchanged = me.post("/capture", body.encode())
    assert exchanged.status_code == 413
    assert int(exchanged["GS1-EPCIS-Capture-Limit"]) > 0
    assert int(exchanged["PharmaTrace-Capture-Package-Limit"]) > 0
