"""POST /epcis/capture and /epcis/events: every event gets its fate, with place or receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.jobs.services import run_one_step
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import write_document, write_event
from pharmatrace.kernel.epcis.model import utc_text
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from tests.custody.goods import EXPIRY, LOT, START, Goods, package, uri, uris

pytestmark = pytest.mark.django_db
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def commissioning(mia: Any, *serials: str) -> Any:
    return acts.commission(
        [uri(one) for one in serials], lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START
    )


def alone(event: Any) -> Any:
    return {"@context": CONTEXT, **write_event(event)}


def job_of(mia: Any, answer: Any) -> Any:
    assert answer.status_code == 202, answer.content
    while run_one_step(at=timezone.now()):
        pass
    return mia.get(answer["Location"].removeprefix("/epcis")).json()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_document_is_captured_as_a_job(machine: Any, mia: Any, goods: Goods, form: str) -> None:
    events = [commissioning(mia, "A"), commissioning(mia, "B")]
    body: Any = write_document(events, START)
    kind = "application/json"
    if form == "xml":
        body, kind = write_document_xml(events, version="2.0", created_at=START), "application/xml"
    me = machine(mia)
    answer = me.post("/capture", body, kind)
    assert me.get(answer["Location"].removeprefix("/epcis")).json()["running"] is True
    job = job_of(me, answer)
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert [one["eventID"] for one in job["receipts"]] == [event_hash(one) for one in events]
    assert package(uri("B")).status == "active"
    assert [one["captureID"] for one in me.get("/capture").json()] == [job["captureID"]]


@pytest.mark.parametrize(("mode", "recorded"), [("rollback", 0), ("proceed", 1)])
def test_an_event_that_breaks_a_rule(
    machine: Any, mia: Any, dan: Any, goods: Goods, mode: str, recorded: int
) -> None:
    events = [commissioning(mia, "A"), goods.shipment(mia, [uri("nobody")], dan)]
    me = machine(mia)
    answer = me.post("/capture", write_document(events, START), GS1_Capture_Error_Behaviour=mode)
    job = job_of(me, answer)
    assert job["success"] is False
    assert job["captureErrorBehaviour"] == mode
    assert len(job["receipts"]) == recorded
    [error] = job["errors"]
    assert error["type"] == "epcisException:ValidationException"
    assert error["place"] == "/epcisBody/eventList/1"
    assert error["refusal"]["code"] == "unknown_package"


def test_the_same_document_twice_changes_nothing(machine: Any, mia: Any, goods: Goods) -> None:
    me, body = machine(mia), write_document([commissioning(mia, "A")], START)
    first, second = (job_of(me, me.post("/capture", body))["receipts"] for _ in range(2))
    assert first == second != []


def test_jobs_of_others_are_not_there(machine: Any, mia: Any, dan: Any, goods: Goods) -> None:
    answer = machine(mia).post("/capture", write_document([commissioning(mia, "A")], START))
    assert machine(dan).get(answer["Location"].removeprefix("/epcis")).status_code == 404
    assert machine(dan).get("/capture").json() == []


@pytest.mark.parametrize("body", [b" ", b"{", b"null", b"[[]]", b"\xff", b'{"type":3}'])
def test_rubbish_is_refused(machine: Any, mia: Any, goods: Goods, body: bytes) -> None:
    for path in ("/capture", "/events"):
        answer = machine(mia).post(path, body)
        assert answer.status_code == 400
        assert answer.json()["type"] == "epcisException:ValidationException"
    assert machine(mia).post("/capture", b"<a>", "application/xml").status_code == 400


def test_a_document_with_nothing_in_it_is_not_a_success(
    machine: Any, mia: Any, goods: Goods
) -> None:
    answer = machine(mia).post("/capture", write_document([], START))
    assert answer.status_code == 400
    assert "neither events nor master data" in answer.json()["detail"]


def test_limits_are_kept(machine: Any, mia: Any, goods: Goods, settings: Any) -> None:
    settings.CAPTURE_MAX_MEMORY_SIZE = 10
    for path in ("/capture", "/events"):
        assert machine(mia).options(path)["GS1-EPCIS-Capture-File-Size-Limit"] == "10"
        answer = machine(mia).post(path, b" " * 11)
        assert answer.status_code == 413
        assert answer.json()["type"] == "epcisException:CaptureLimitExceededException"


def test_too_many_events(machine: Any, mia: Any, goods: Goods, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.custody.limits.MOST_EVENTS", 1)
    events = [commissioning(mia, "A"), commissioning(mia, "B")]
    me = machine(mia)
    assert me.post("/capture", write_document(events, START)).status_code == 413
    xml = write_document_xml(events, version="2.0", created_at=START)
    assert me.post("/capture", xml, "application/xml").status_code == 413


def test_one_event_is_answered_with_its_receipt(machine: Any, mia: Any, goods: Goods) -> None:
    open_log(at=START)
    me, event = machine(mia), commissioning(mia, "A")
    answer = me.post("/events", alone(event))
    assert answer.status_code == 201, answer.content
    receipt = answer.json()["receipt"]
    assert answer.json()["eventID"] == receipt["eventID"] == event_hash(event)
    assert answer.json()["epcList"] == [uri("A")]
    assert receipt["entryIndex"] is None
    found = me.events(answer["Location"].removeprefix("/epcis"))
    assert [one["eventID"] for one in found] == [event_hash(event)]
    seal(at=timezone.now())
    again = me.post("/events", alone(event))
    assert again.status_code == 409
    assert again.json()["type"] == "epcisException:ResourceAlreadyExistsException"
    assert again.json()["receipt"]["entryIndex"] > 0
    sealed_at = again.json()["receipt"]["sealedAt"]  # spelled as recordTime is
    assert sealed_at == utc_text(datetime.fromisoformat(sealed_at))
    assert me.client.get(receipt["proof"], headers=me.headers).status_code == 200


def test_one_event_that_breaks_a_rule(machine: Any, mia: Any, dan: Any, goods: Goods) -> None:
    answer = machine(mia).post("/events", alone(goods.shipment(mia, uris(1), dan)))
    assert answer.status_code == 400
    assert answer.json()["refusals"][0]["code"] == "unknown_package"


def test_only_one_event_at_once(machine: Any, mia: Any, goods: Goods) -> None:
    events = [commissioning(mia, "A"), commissioning(mia, "B")]
    answer = machine(mia).post("/events", write_document(events, START))
    assert answer.json()["refusals"][0]["code"] == "one_event"


def test_a_viewer_looks(machine: Any, mia: Any, goods: Goods) -> None:
    mia.membership.role = "viewer"
    mia.membership.save()
    me = machine(mia)
    for path in ("/capture", "/events"):
        assert me.post(path, write_document([commissioning(mia, "A")], START)).status_code == 403


@pytest.mark.parametrize("good", [0, 1])
def test_what_cannot_be_read_is_told_with_its_place(
    machine: Any, mia: Any, goods: Goods, good: int
) -> None:
    body = write_document([commissioning(mia, "A")][:good], START)
    odd = {"type": "ObjectEvent", "action": "\x00\ud800", "eventTime": "\x01"}
    body["epcisBody"]["eventList"].append(odd)
    me = machine(mia)
    refused = me.post("/capture", body)
    assert refused.status_code == 400
    assert refused.json()["refusals"][0]["pointer"].startswith(f"/epcisBody/eventList/{good}")
    job = job_of(me, me.post("/capture", body, GS1_Capture_Error_Behaviour="proceed"))
    assert (job["running"], job["success"], len(job["receipts"])) == (False, False, good)
    assert {error["place"] for error in job["errors"]} == {f"/epcisBody/eventList/{good}"}


def test_a_long_document_is_captured_step_by_step(
    machine: Any, mia: Any, goods: Goods, monkeypatch: Any
) -> None:
    monkeypatch.setattr("apps.exchange.capturing.EVENTS_A_STEP", 2)
    me, names = machine(mia), ["A", "B", "C", "D", "E"]
    body = write_document([commissioning(mia, one) for one in names], START)
    answer = me.post("/capture", body, GS1_Capture_Error_Behaviour="proceed")
    assert run_one_step(at=timezone.now())
    half = me.get(answer["Location"].removeprefix("/epcis")).json()
    assert (half["running"], half["success"], len(half["receipts"])) == (True, True, 2)
    assert len(job_of(me, answer)["receipts"]) == 5


def test_whoever_left_captures_nothing(machine: Any, mia: Any, goods: Goods) -> None:
    me = machine(mia)
    answer = me.post("/capture", write_document([commissioning(mia, "A")], START))
    mia.membership.role = "viewer"
    mia.membership.save()
    job = job_of(me, answer)
    assert (job["success"], job["receipts"]) == (False, [])
    assert job["errors"][0]["type"] == "epcisException:ImplementationException"
