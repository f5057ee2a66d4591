"""Forms, versions, discovery, who may ask: the same for every resource."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.jsonld import write_document
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from tests.custody.goods import EXPIRY, LOT, START, Goods, uris

pytestmark = pytest.mark.django_db
STEP, SECRET = "/bizSteps/commissioning", "a" * 32
RESOURCES = [
    "/", "/capture", "/capture/1", "/events", "/events/1", "/eventTypes", "/eventTypes/ObjectEvent",
    "/eventTypes/ObjectEvent/events", "/epcs", "/epcs/1", "/epcs/1/events", "/bizSteps", STEP,
    STEP + "/events", "/bizLocations", "/bizLocations/1", "/bizLocations/1/events", "/readPoints",
    "/readPoints/1", "/readPoints/1/events", "/dispositions", "/dispositions/1",
    "/dispositions/1/events", "/queries", "/queries/1", "/queries/1/events",
    "/queries/1/subscriptions", "/queries/1/subscriptions/1",
]  # fmt: skip


def is_of_events(path: str) -> bool:
    return path.endswith("/events") or path == "/events/1"


@pytest.mark.parametrize("path", RESOURCES)
def test_discovery(machine: Any, mia: Any, path: str) -> None:
    answer = machine(mia).options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer
    lowest = "1.1.0" if path == "/capture" else "1.2.0" if is_of_events(path) else "2.0.0"
    for word in ("EPCIS", "CBV"):
        assert answer[f"GS1-{word}-Version"] == answer[f"GS1-{word}-Max"] == "2.0.0"
        assert answer[f"GS1-{word}-Min"] == lowest
    assert answer["GS1-EPC-Format"] == answer["GS1-CBV-XML-Format"] == "No_Preference"
    assert answer["GS1-Vendor-Version"]
    assert "GET" in answer["Allow"]
    if path == "/capture":
        assert answer["GS1-Capture-Error-Behaviour"] == "all"
        assert int(answer["GS1-EPCIS-Capture-Limit"]) > 0


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
        ("application/ld+json", "application/ld+json"),
        ("*/*", "application/json"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
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
        ("GS1-EPCIS-Max", "2", 200), ("GS1-EPCIS-Max", "2.0.0.7", 200), ("GS1-EPCIS-Version", "2.0", 200),
        ("GS1-EPCIS-Version", "1.2", 406), ("GS1-CBV-Version", "1.2", 406),
        ("GS1-EPC-Format", "Always_EPC_URN", 200), ("GS1-EPC-Format", "No_Preference", 200),
        ("GS1-EPC-Format", "Never_Translates", 406), ("GS1-EPC-Format", "always_epc_urn", 406),
        ("GS1-CBV-XML-Format", "Always_Web_URI", 200), ("GS1-CBV-XML-Format", "Never_Translates", 200),
        ("GS1-CBV-Min", "2.0", 200), ("GS1-CBV-Max", "1.2.0", 406), ("GS1-EPCIS-Min", "x", 406),
        ("GS1-EPCIS-Min", "9" * 5000, 406), ("GS1-EPCIS-Min", "\u0662", 406),
    ],
)  # fmt: skip
def test_versions(machine: Any, mia: Any, header: str, value: str, status: int) -> None:
    """In JSON there is EPCIS 2.0 only; `GS1-CBV-XML-Format` says nothing about JSON."""
    answer = machine(mia).get("/events", headers={header: value, "Accept": "application/json"})
    assert answer.status_code == status, answer.content
    if status == 406:
        assert answer.json()["type"] == "epcisException:NotAcceptableException"


def test_other_media_types_are_refused(machine: Any, mia: Any) -> None:
    answer = machine(mia).post("/capture", b"a,b", "text/csv")
    assert answer.status_code == 415
    assert answer.json()["type"] == "epcisException:UnsupportedMediaTypeException"


def test_an_address_has_an_end(machine: Any, mia: Any) -> None:
    assert machine(mia).get("/events", EQ_eventID="a" * 17_000).status_code == 414


def test_a_method_that_is_not_there_is_no_fault_of_ours(machine: Any, mia: Any) -> None:
    answer = machine(mia).delete("/events")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert answer.json()["title"] == "Not offered."


def test_too_many_parameters_are_refused(machine: Any, mia: Any) -> None:
    me = machine(mia)
    answer = me.client.get("/epcis/events?" + "a&" * 2_000, headers=me.headers)
    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:QueryParameterException"


@pytest.fixture
def signed_in(mia: Any) -> Client:
    """Mia's, signed in, where CSRF tokens are checked as in earnest."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(mia.user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = SECRET
    return client


@pytest.mark.parametrize("address", ["/epcis/capture", "/epcis/events", "/api/capture"])
def test_a_session_needs_its_csrf_token(signed_in: Client, mia: Any, address: str) -> None:
    for form in ("application/json", "multipart/form-data"):
        refused = signed_in.post(address, b"{", content_type=form)
        assert refused.status_code == 403
        assert refused["Content-Type"] == "application/problem+json"
    assert signed_in.delete("/epcis/nextPageToken/x").status_code == 403
    assert signed_in.get("/epcis/events").status_code == 200


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("address", ["/epcis/capture", "/epcis/events", "/api/capture"])
def test_a_session_with_its_csrf_token_is_read(
    signed_in: Client, mia: Any, goods: Goods, address: str, form: str
) -> None:
    """The whole document, which nobody else has read before."""
    event = acts.commission(uris(2), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START)
    body: Any = json.dumps(write_document([event], START))
    if form == "xml":
        body = write_document_xml([event], created_at=START)
    answer = signed_in.post(
        address, body, content_type=f"application/{form}", headers={"X-CSRFToken": SECRET}
    )
    assert answer.status_code == (
        415
        if address == "/api/capture" and form == "xml"
        else {"/epcis/capture": 202, "/epcis/events": 201}.get(address, 200)
    )


@pytest.mark.parametrize("address", ["/epcis/capture", "/epcis/events", "/api/capture"])
def test_a_token_needs_no_csrf_token(machine: Any, mia: Any, address: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    headers = machine(mia).headers
    sent = stranger.post(address, b"{", content_type="application/json", headers=headers)
    assert sent.status_code == 400  # it was read, and is no document


@pytest.mark.parametrize("path", ["/nowhere", "/events/", "/queries2", "/capture/a/b"])
def test_an_address_that_is_none(machine: Any, mia: Any, path: str) -> None:
    """No page for people is answered to a machine."""
    me = machine(mia)
    for answer in (me.get(path), me.post(path, {}), me.delete(path)):
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"] == "application/problem+json"
    assert me.get(path).json()["type"] == "epcisException:NoSuchNameException"
    assert me.options("/nowhere").status_code == 404


def test_a_fault_of_ours_tells_nothing_about_us(
    machine: Any, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **more: Any) -> None:
        raise RuntimeError("secret of /srv/pharmatrace")

    monkeypatch.setattr("apps.exchange.views.events.find_events", fail)
    for accept in ("application/json", "application/xml"):
        answer = machine(mia).get("/events", headers={"Accept": accept})
        assert answer.status_code == 500
        assert b"ImplementationException" in answer.content
        assert b"secret" not in answer.content
