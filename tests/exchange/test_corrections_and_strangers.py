"""Through the exchange: events about things we do not track, error declarations, and the way to their proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.anchors.services import sweep
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import write_document
from pharmatrace.kernel.evidence.verdict import verify_bundle
from tests.custody.goods import START, Goods, package, recorded, uri, uris, wrong
from tests.custody.test_unmanaged import told
from tests.exchange.test_capture import alone, commissioning, job_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    """The wall clock of the views stands a day after the goods' first event."""
    with time_machine.travel(START + timedelta(days=1), tick=False):
        yield


def sealed() -> None:
    now = timezone.now()
    open_log(at=now)
    while seal(at=now) is not None:
        pass
    sweep(at=now)


def test_one_event_about_a_strangers_pack(machine: Any, dan: Any, goods: Goods) -> None:
    me = machine(dan)
    answer = me.post("/events", alone(told()))
    assert answer.status_code == 201, answer.content
    receipt = answer.json()["receipt"]
    assert receipt["unmanaged"] is True
    assert receipt["eventID"] == event_hash(told())
    again = me.post("/events", alone(told()))
    assert (again.status_code, again.json()["receipt"]["proof"]) == (409, receipt["proof"])
    [event] = me.get(answer["Location"].removeprefix("/epcis")).json()["epcisBody"]["queryResults"][
        "resultsBody"]["eventList"]  # fmt: skip
    assert event["epcList"] == list(told().epcs)


def test_the_proof_of_an_unmanaged_event_is_for_who_may_see_it(
    machine: Any, dan: Any, petra: Any, rosa: Any, goods: Goods
) -> None:
    proof = machine(dan).post("/events", alone(told())).json()["receipt"]["proof"]
    assert dan.client.get(proof).status_code == 503  # not sealed yet
    sealed()
    for who, disclosure in ((dan, "party"), (rosa, "regulator")):
        answer = who.client.get(proof)
        assert answer.status_code == 200, answer.content
        bundle = answer.json()
        assert (bundle["event"], bundle["disclosure"]) == (event_hash(told()), disclosure)
        assert verify_bundle(answer.content).holds
    for stranger in (petra.client, Client()):
        assert stranger.get(proof).status_code == 404
    assert dan.client.get(proof[:-1] + ("0" if proof[-1] != "0" else "1")).status_code == 404


def test_two_who_were_told_the_same_each_have_their_proof(
    machine: Any, dan: Any, petra: Any, rosa: Any, goods: Goods
) -> None:
    proofs = set()
    for who in (dan, petra):
        answer = machine(who).post("/events", alone(told()))
        assert answer.status_code == 201, answer.content
        proofs.add(answer.json()["receipt"]["proof"])
    sealed()
    [proof] = proofs
    for who, statements in ((dan, 1), (petra, 1), (rosa, 2)):
        answer = who.client.get(proof)
        assert verify_bundle(answer.content).holds
        assert len(answer.json()["events"]) == statements


def test_a_document_of_both_kinds_is_a_job_with_a_receipt_for_each(
    machine: Any, mia: Any, goods: Goods
) -> None:
    me = machine(mia)
    body = write_document([told(), commissioning(mia, "A")], START)
    job = job_of(me, me.post("/capture", body))
    assert (job["success"], job["errors"]) == (True, [])
    assert [one.get("unmanaged") for one in job["receipts"]] == [True, None]


def test_a_fake_is_refused_and_not_kept_as_a_strangers(
    machine: Any, dan: Any, goods: Goods
) -> None:
    answer = machine(dan).post("/events", alone(told(epcList=[uri("FAKE")])))
    assert answer.status_code == 400


def test_a_declaration_and_what_corrects_it_come_in_one_document(
    machine: Any, mia: Any, goods: Goods
) -> None:
    me, event = machine(mia), commissioning(mia, "A", "B")
    better = replace(event, epcs=event.epcs[:1])
    declaration = wrong(event, at=goods.tick(), corrective=(event_hash(better),))
    job_of(me, me.post("/capture", write_document([event], START)))
    job = job_of(me, me.post("/capture", write_document([declaration, better], START)))
    assert (job["success"], job["errors"]) == (True, [])
    assert [one.get("errorDeclaration") for one in job["receipts"]] == [True, None]
    assert [package(uri(one)).status for one in ("A", "B")] == ["active", "void"]
    events = me.get("/events/" + event_hash(event).replace("/", "%2F").replace("?", "%3F"))
    both = events.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert ["errorDeclaration" in one for one in both] == [False, True]


def test_a_declaration_as_one_event_and_again(machine: Any, mia: Any, goods: Goods) -> None:
    me, event = machine(mia), commissioning(mia, "A")
    unknown = me.post("/events", alone(wrong(event, at=START)))
    assert unknown.status_code == 400
    original = me.post("/events", alone(event)).json()
    sealed()
    first = me.post("/events", alone(wrong(event, at=START)))
    assert first.status_code == 201
    sealed()
    again = me.post("/events", alone(wrong(event, at=START)))
    assert again.status_code == 409
    told = again.json()["receipt"]
    assert (told["eventID"], told["errorDeclaration"]) == (original["eventID"], True)
    assert told["entryIndex"] > 0
    assert me.post("/events", alone(event)).json()["receipt"]["entryIndex"] < told["entryIndex"]


def test_what_stands_in_the_way_is_told(machine: Any, mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.move(uris(1), mia, dan)
    answer = machine(mia).post("/events", alone(wrong(recorded("ship"), at=goods.tick())))
    assert answer.status_code == 400
    assert "happened_since" in answer.content.decode()
    assert event_hash(recorded("receive")) in answer.content.decode()


@pytest.mark.parametrize("reason", ["incorrect_data", "https://example.org/reasons/typing", None])
def test_the_evidence_of_a_corrected_pack_holds_for_everybody(
    reason: str | None, mia: Any, dan: Any, rosa: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    goods.ship(mia, uris(2), dan).raise_refused()
    goods.declare(mia, recorded("ship"), reason=reason).raise_refused()
    goods.ship(mia, uris(1), dan).raise_refused()
    sealed()
    address = "/verify/evidence/" + package(uri("S0")).path
    for client in (Client(), mia.client, dan.client, rosa.client):
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        verdict = verify_bundle(answer.content)
        assert verdict.holds, verdict.failed
        assert [one.outcome for one in verdict.checks if one.name == "correction"] == ["holds"]
    assert b"example.org/reasons" not in Client().get(address).content


def test_the_public_page_strikes_what_was_declared_wrong(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.ship(mia, uris(1), dan).raise_refused()
    goods.declare(mia, recorded("ship"), corrective=("urn:uuid:secret",)).raise_refused()
    sealed()
    address = "/" + package(uri("S0")).path
    page = Client().get(address).content.decode()
    assert "<del><strong>Sent on</strong>" in page
    assert "because it did not happen. It does not count. Another record replaces it." in page
    assert "urn:uuid:secret" not in page
    answer = Client().get(address + "?format=json").json()
    assert answer["verdict"]["code"] == "upstream"
    assert [check["state"] for check in answer["checks"]][:4] == ["holds"] * 4
    assert [one["step"] for one in answer["life"]] == ["commission", "ship", "declare_error"]
    assert answer["life"][1]["declared_wrong"]["reason"] == "did_not_occur"
    assert answer["life"][1]["declared_wrong"]["replaced"] is True


def test_a_void_pack_is_said_to_be_one_and_a_registered_again_one_is_in_order(
    mia: Any, goods: Goods
) -> None:
    from tests.custody.goods import batch_of

    batch_of(mia, lot="L2")
    goods.commission(mia, uris(1)).raise_refused()
    event = recorded("commission")
    goods.declare(mia, event, reason="incorrect_data").raise_refused()
    sealed()
    address = "/" + package(uri("S0")).path + "?format=json"
    answer = Client().get(address).json()
    assert answer["verdict"]["code"] == "void"
    assert {check["state"] for check in answer["checks"][:4]} == {"holds"}
    right = replace(event, ilmd={**event.ilmd, "cbvmda:lotNumber": "L2"})
    goods.record(mia, right).raise_refused()
    sealed()
    answer = Client().get(address).json()
    assert (answer["verdict"]["code"], answer["lot"]) == ("upstream", "L2")
    assert {check["state"] for check in answer["checks"][:4]} == {"holds"}


def test_the_desk_shows_both(mia: Any, dan: Any, goods: Goods) -> None:
    from django.urls import reverse

    from apps.custody.models import CustodyEvent

    goods.commission(mia, uris(1)).raise_refused()
    goods.ship(mia, uris(1), dan).raise_refused()
    goods.declare(mia, recorded("ship"), reason="incorrect_data").raise_refused()
    for kind, said in (
        ("ship", "this record does not count"),
        ("declare_error", "what it said was not right"),
    ):
        event = CustodyEvent.objects.get(kind=kind)
        assert said in mia.client.get(reverse("desk:event", args=[event.pk])).content.decode()
    page = mia.client.get(reverse("desk:package", args=[package(uri("S0")).pk])).content.decode()
    assert "<del>Shipped</del>" in page
    assert "Declared wrong on" in page


def test_an_unmanaged_event_has_a_page(dan: Any, machine: Any, goods: Goods) -> None:
    from django.urls import reverse

    from apps.custody.models import CustodyEvent

    machine(dan).post("/events", alone(told()))
    page = dan.client.get(reverse("desk:event", args=[CustodyEvent.objects.get().pk]))
    assert told().epcs[0] in page.content.decode()
    assert "changes nothing about any package" in page.content.decode()
    assert dan.client.get(reverse("desk:events")).status_code == 200
