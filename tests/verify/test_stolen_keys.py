"""What was signed with a stolen key is marked wherever it is shown, and in every bundle that rests on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.custody.models import CustodyEvent
from apps.ledger.stolen import reported_stolen
from apps.parties.services import report_stolen_key
from apps.verify.qr_evidence import qr_evidence
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.evidence.verdict import verify_bundle
from tests.custody.goods import GTIN, Goods, package, uri, uris
from tests.verify.conftest import CASE
from tests.verify.test_certificate import words
from tests.verify.test_page import verdict

pytestmark = pytest.mark.django_db
PACK, OTHER = f"/01/{GTIN}/21/S0", f"/01/{GTIN}/21/S3"


@pytest.fixture
def theft(mia: Any, dan: Any, petra: Any, goods: Goods, sealed: Callable[[], None]) -> Goods:
    """Dan's key was stolen after he received the case from Mia, before he sent it on. S3 stayed with Mia."""
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.move([CASE], mia, dan)
    sealed()
    since = goods.now + timedelta(minutes=30)
    goods.move([CASE], dan, petra)
    report_stolen_key(key=dan.organisation.keys.get(), since=since, at=goods.tick())
    sealed()
    return goods


def test_the_page_warns_first_and_names_the_step(theft: Goods, stranger: Client) -> None:
    assert verdict(stranger, PACK) == "stop: Not to be relied on"
    page = stranger.get(PACK).content.decode()
    assert page.count("Signed with a key that was reported stolen as of 2 November 2026") == 1


def test_another_pack_that_the_thief_had_nothing_to_do_with_is_not_marked(
    theft: Goods, stranger: Client
) -> None:
    assert verdict(stranger, OTHER) == "warn: Not yet with a pharmacy"


def test_machines_are_told(theft: Goods, stranger: Client) -> None:
    told = stranger.get(PACK + "?format=json").json()
    assert told["verdict"]["code"] == "stolen_key"
    marked = [step["step"] for step in told["life"] if step["key_stolen_since"]]
    assert marked == ["ship"]


@pytest.mark.parametrize("reader", ["stranger", "petra", "rosa"])
def test_every_bundle_that_rests_on_it_says_so(
    theft: Goods, reader: str, request: pytest.FixtureRequest
) -> None:
    who = request.getfixturevalue(reader)
    file = (who if reader == "stranger" else who.client).get("/verify/evidence" + PACK).content
    found = verify_bundle(file)
    assert not found.failed, found.failed
    assert not found.holds
    (doubt,) = found.doubted
    assert doubt.place == ("/events/4/stolen" if reader == "stranger" else "/events/4/signature")
    other = (who if reader == "stranger" else who.client).get("/verify/evidence" + OTHER).content
    assert verify_bundle(other).holds


def test_the_public_does_not_learn_from_the_report_whose_key_it_was(
    theft: Goods, stranger: Client, dan: Any
) -> None:
    text = stranger.get("/verify/evidence" + PACK).content.decode()
    assert dan.organisation.did not in text
    assert json.loads(text)["events"][4]["stolen"]["facts"]


def test_the_certificate_says_so_and_carries_no_code_that_could_not(
    theft: Goods, stranger: Client
) -> None:
    marked = words(stranger.get(f"/verify/certificate{PACK}.pdf").content)
    assert "! Not to be relied on" in marked
    assert "reported stolen as of 2026-11-02" in marked
    assert "There is no code" in marked and "Scan the square code" not in marked
    other = words(stranger.get(f"/verify/certificate{OTHER}.pdf").content)
    assert "Scan the square code" in other and "relied on" not in other
    bundle = read_bundle(stranger.get("/verify/evidence" + PACK).content)
    assert qr_evidence(bundle, address="https://trace.example.org/verify/qr/") is None


def test_the_bundle_of_the_event_says_so(theft: Goods, rosa: Any, dan: Any) -> None:
    event = CustodyEvent.objects.get(actor=dan.organisation, kind=Kind.SHIP)
    address = reverse("verify:event-evidence", args=[bytes(event.hash).hex()])
    assert verify_bundle(rosa.client.get(address).content).doubted


def test_the_desk_says_so(theft: Goods, rosa: Any, dan: Any) -> None:
    page = rosa.client.get(reverse("desk:package", args=[package(uri("S0")).pk]))
    assert page.content.decode().count("the key was reported stolen as of") == 1
    event = CustodyEvent.objects.get(actor=dan.organisation, kind=Kind.SHIP)
    page = rosa.client.get(reverse("desk:event", args=[event.pk]))
    assert "the key was reported stolen as of" in page.content.decode()


def test_what_a_thief_dates_back_is_marked_by_its_place_in_the_log(
    sold: Goods, mia: Any, dan: Any, sealed: Callable[[], None]
) -> None:
    """The statement says that it was signed a week before it was recorded."""
    from django.db import connection

    from tests.session_database import triggers_off

    event = CustodyEvent.objects.get(actor=dan.organisation, kind=Kind.SHIP)
    since = event.occurred_at - timedelta(minutes=30)
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_statement SET signed_at = signed_at - interval '7 days' WHERE id = %s",
            [event.statement_id],
        )
    report_stolen_key(key=dan.organisation.keys.get(), since=since, at=sold.tick())
    assert event.statement_id in reported_stolen([event.statement_id])
