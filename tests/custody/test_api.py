"""POST /api/capture: every document gets an answer with reasons and places, never a 500."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.parties.services import issue_token
from pharmatrace.kernel.epcis.jsonld import write_document
from tests.custody.goods import Goods, package, uri, uris

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client: Any, mia: Any, goods: Goods) -> Any:
    now = timezone.now()
    _, token = issue_token(
        membership=mia.membership, name="line", scopes=["capture"],
        expires_at=now + timedelta(days=1), at=now,
    )  # fmt: skip

    def send(body: Any, **headers: str) -> Any:
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return client.post(
            "/api/capture", body, content_type="application/json",
            headers={"Authorization": f"Bearer {token}", **headers},
        )  # fmt: skip

    return send


def test_a_document_is_captured(post: Any, mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(2))
    document = write_document([goods.shipment(mia, uris(2), dan)], created_at=goods.now)
    answer = post(document)
    assert answer.status_code == 200, answer.content
    assert answer.json()["events"][0]["fate"] == "accepted"
    assert package(uri("S1")).status == "in_transit"
    assert post(document).json()["events"][0]["fate"] == "repeated"


def test_refusals_say_code_sentence_and_place(post: Any, mia: Any, dan: Any, goods: Goods) -> None:
    document = write_document([goods.shipment(mia, uris(1), dan)], created_at=goods.now)
    answer = post(document)
    assert answer.status_code == 409
    told = answer.json()["events"][0]
    assert told["at"] == "/epcisBody/eventList/0"
    assert told["refusals"][0]["code"] == "unknown_package"
    assert told["refusals"][0]["packages"] == [uri("S0").removeprefix("https://id.gs1.org/")]


def test_proceed_keeps_what_is_right_beside_what_cannot_be_read(
    post: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(1))
    document = write_document([goods.shipment(mia, uris(1), dan)], created_at=goods.now)
    document["epcisBody"]["eventList"].append({"type": "ObjectEvent"})
    assert post(document).status_code == 400
    answer = post(document, **{"GS1-Capture-Error-Behaviour": "proceed"})
    assert answer.status_code == 200
    assert [event["fate"] for event in answer.json()["events"]] == ["accepted", "refused"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]x", b"\xff", b'{"type": 3}', b"[[[[[]]]]]", b'"text"', b'{"a":1e999}'],
)
def test_rubbish_is_refused_with_a_reason(post: Any, body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.json()["refusals"][0]["sentence"]


def test_strangers_and_readers_may_not(client: Any, mia: Any, goods: Goods) -> None:
    assert client.post("/api/capture", b"[]", content_type="application/json").status_code in (
        401,
        403,
    )
    now = timezone.now()
    _, token = issue_token(
        membership=mia.membership, name="reader", scopes=["read"],
        expires_at=now + timedelta(days=1), at=now,
    )  # fmt: skip
    answer = client.post(
        "/api/capture", b"[]", content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 403
