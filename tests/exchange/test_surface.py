"""Forms, versions, discovery, who may ask: the same for every resource."""

from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import Goods, uris

pytestmark = pytest.mark.django_db
STEP = "/bizSteps/commissioning"
RESOURCES = [
    "/", "/capture", "/capture/1", "/events", "/events/1", "/eventTypes", "/eventTypes/ObjectEvent",
    "/eventTypes/ObjectEvent/events", "/epcs", "/epcs/1", "/epcs/1/events", "/bizSteps", STEP,
    STEP + "/events", "/bizLocations", "/bizLocations/1", "/bizLocations/1/events", "/readPoints",
    "/readPoints/1", "/readPoints/1/events", "/dispositions", "/dispositions/1",
    "/dispositions/1/events", "/queries", "/queries/1", "/queries/1/events",
    "/queries/1/subscriptions", "/queries/1/subscriptions/1",
]  # fmt: skip


@pytest.mark.parametrize("path", RESOURCES)
def test_discovery(machine: Any, mia: Any, path: str) -> None:
    answer = machine(mia).options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    for word in ("EPCIS", "CBV"):
        for kind in ("Version", "Min", "Max"):
            assert answer[f"GS1-{word}-{kind}"] == "2.0.0"
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("path", RESOURCES)
def test_strangers_are_told_to_sign_in(client: Any, db: None, path: str) -> None:
    for answer in (client.get("/epcis" + path), client.options("/epcis" + path)):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "epcisException:SecurityException"


def test_page_tokens_are_not_deleted(machine: Any, mia: Any) -> None:
    assert machine(mia).delete("/nextPageToken/abc").status_code == 501


def test_the_top_lists_what_is_offered(machine: Any, mia: Any) -> None:
    members = machine(mia).get("/").json()["member"]
    assert {"events", "queries"} <= set(members)
    for one in members:
        assert machine(mia).get(f"/{one}").status_code == 200


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [(["capture"], "/events", 403), (["read"], "/events", 200), (["read"], "/capture", 403)],
)
def test_a_token_does_what_it_is_for(
    machine: Any, mia: Any, scopes: list[str], path: str, status: int
) -> None:
    answer = machine(mia, *scopes).get(path)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "epcisException:SecurityException"


def test_a_token_for_reading_captures_nothing(machine: Any, mia: Any) -> None:
    assert machine(mia, "read").post("/capture", {}).status_code == 403


def test_people_come_with_their_session(mia: Any, stan: Any) -> None:
    assert mia.client.get("/epcis/events").status_code == 200
    assert stan.client.get("/epcis/events").status_code == 403


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/json", "application/json"),
        ("application/ld+json", "application/json"),
        ("*/*", "application/json"),
        ("application/xml", "application/xml"),
        ("application/json;q=0.5, application/xml", "application/xml"),
        ("text/html", None),
        ("application/json;q=0", None),
    ],
)
def test_forms(machine: Any, mia: Any, goods: Goods, accept: str, form: str | None) -> None:
    goods.commission(mia, uris(1))
    answer = machine(mia).get("/events", headers={"Accept": accept})
    if form is None:
        assert answer.status_code == 406
        assert answer.json()["type"] == "epcisException:NotAcceptableException"
    else:
        assert answer["Content-Type"] == form
        assert b"S0" in answer.content


def test_a_problem_in_xml(machine: Any, mia: Any) -> None:
    answer = machine(mia).get("/events", headers={"Accept": "application/xml"}, EQ_color="red")
    assert answer["Content-Type"] == "application/problem+xml"
    assert b"epcisException:QueryParameterException" in answer.content


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("GS1-EPCIS-Min", "2.1", 406), ("GS1-EPCIS-Max", "1.2", 406), ("GS1-EPCIS-Max", "2.0.0", 200),
        ("GS1-EPC-Format", "Always_EPC_URN", 406), ("GS1-EPC-Format", "No_Preference", 200),
        ("GS1-CBV-XML-Format", "Always_Web_URI", 406), ("GS1-CBV-Min", "2.0", 200), ("GS1-CBV-Max", "1.2.0", 406), ("GS1-EPCIS-Min", "x", 406),
    ],
)  # fmt: skip
def test_versions(machine: Any, mia: Any, header: str, value: str, status: int) -> None:
    assert machine(mia).get("/events", headers={header: value}).status_code == status


def test_other_media_types_are_refused(machine: Any, mia: Any) -> None:
    answer = machine(mia).post("/capture", b"a,b", "text/csv")
    assert answer.status_code == 415
    assert answer.json()["type"] == "epcisException:UnsupportedMediaTypeException"


def test_an_address_has_an_end(machine: Any, mia: Any) -> None:
    assert machine(mia).get("/events", EQ_eventID="a" * 17_000).status_code == 414
    assert machine(mia).delete("/events").status_code == 405
