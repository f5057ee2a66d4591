"""A pack with an erased event in its history: everything else about it still stands and is still proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.custody.models import CustodyEvent, Package, RefusedEvent
from apps.custody.services.erase_event import erase_event
from apps.ledger.audits import audit
from apps.ledger.services import seal
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.verdict import Outcome, verify_bundle
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import GTIN, Goods, codes, package, recorded, uri
from tests.verify.test_certificate import words
from tests.verify.test_page import verdict

pytestmark = pytest.mark.django_db
PACK = f"/01/{GTIN}/21/S0"
KINDS = [Kind.COMMISSION, Kind.PACK, Kind.SHIP, Kind.RECEIVE, Kind.UNPACK]


def erase(goods: Goods, kind: str) -> CustodyEvent:
    """The first event of this kind."""
    event = CustodyEvent.objects.filter(kind=kind).order_by("id")[0]
    erase_event(event_id=event.pk, ground="Article 17", by="Rosa", at=goods.tick())
    return event


@pytest.fixture(params=KINDS)
def erased(request: Any, sold: Goods, sealed: Callable[[], None]) -> CustodyEvent:
    event = erase(sold, request.param)
    sealed()
    return event


@pytest.mark.parametrize("reader", ["stranger", "dan", "rosa"])
def test_bundles_still_verify_and_say_so(
    erased: CustodyEvent, reader: str, request: pytest.FixtureRequest
) -> None:
    who = request.getfixturevalue(reader)
    response = (who if reader == "stranger" else who.client).get("/verify/evidence" + PACK)
    assert response.status_code == 200, response.content
    found = verify_bundle(response.content)
    assert found.holds, found.failed
    said = [check for check in found.checks if check.name == "erased"]
    assert [check.outcome for check in said] == [Outcome.HOLDS, Outcome.NOT_CHECKED]


def test_the_page_is_as_it_was_and_says_which_step_is_gone(
    erased: CustodyEvent, stranger: Client
) -> None:
    assert verdict(stranger, PACK) == "good: In order"
    page = stranger.get(PACK).content.decode()
    assert page.count("A record that was erased") == 1
    told = stranger.get(PACK + "?format=json").json()
    (step,) = [one for one in told["life"] if one["step"] == "erased"]
    assert step["role"] is None and step["country"] is None
    states = {check["name"]: check["state"] for check in told["checks"]}
    assert states.pop("witnesses") == "unchecked"  # none is asked here
    assert set(states.values()) == {"holds"}


def test_the_certificate_says_so(erased: CustodyEvent, stranger: Client) -> None:
    paper = words(stranger.get(f"/verify/certificate{PACK}.pdf").content)
    assert "! Not all of it is there" in paper
    assert "Of 1 of the statements the words were erased" in paper
    assert "relied on" not in paper
    assert "Scan the square code" in paper or "There is no code" in paper


def test_the_audit_accepts_it(erased: CustodyEvent) -> None:
    assert list(audit()) == []


def test_nothing_of_it_is_left_in_the_row(erased: CustodyEvent, dan: Any) -> None:
    document, digest = json.dumps(erased.document), bytes(erased.hash).hex()
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM custody_custodyevent e WHERE id = %s", [erased.pk])
        ((row,),) = cursor.fetchall()
    for piece in (document, digest, erased.kind, erased.reference or document):
        assert piece not in row


def test_the_desk_and_the_exchange_do_not_stumble(
    erased: CustodyEvent, rosa: Any, dan: Any
) -> None:
    for who in (rosa, dan):
        page = who.client.get(reverse("desk:package", args=[package(uri("S0")).pk]))
        assert page.status_code == 200
        assert who.client.get(reverse("desk:events")).status_code == 200
    assert rosa.client.get(reverse("desk:event", args=[erased.pk])).status_code == 200
    told = rosa.client.get("/epcis/events", headers={"GS1-EPCIS-Version": "2.0.0"})
    assert told.status_code == 200
    assert b'"erased"' not in told.content


def test_goods_move_on(mia: Any, petra: Any, sold: Goods, sealed: Callable[[], None]) -> None:
    erase(sold, Kind.COMMISSION)
    sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    sold.move([uri("S3")], mia, petra)
    sealed()
    assert list(audit()) == []


def test_what_was_before_cannot_be_worked_out_any_more(petra: Any, sold: Goods) -> None:
    unpacked = recorded(Kind.UNPACK)
    erase(sold, Kind.PACK)
    assert codes(sold.declare(petra, unpacked)) == {"history_erased"}


def test_a_declaration_goes_with_what_it_declares_wrong(
    petra: Any, sold: Goods, sealed: Callable[[], None], stranger: Client
) -> None:
    sold.do(Kind.INSPECT, petra, [uri("S0")]).raise_refused()
    sold.declare(petra, recorded(Kind.INSPECT)).raise_refused()
    sealed()
    erase(sold, Kind.INSPECT)
    sealed()
    assert CustodyEvent.objects.filter(kind="erased").count() == 2
    assert list(audit()) == []
    assert verify_bundle(stranger.get("/verify/evidence" + PACK).content).holds


def test_refused_attempts_of_the_same_event_go_with_it(mia: Any, dan: Any, sold: Goods) -> None:
    event = sold.shipment(mia, [uri("S3")], dan)
    sold.record(dan, event)
    sold.record(dan, sold.shipment(mia, [uri("S2")], dan))
    assert RefusedEvent.objects.count() == 2
    sold.record(mia, event).raise_refused()
    done = CustodyEvent.objects.order_by("-id")[0]
    seal(at=sold.tick())
    erase_event(event_id=done.pk, ground="Article 17", by="Rosa", at=sold.tick())
    assert [one.document["epcList"] for one in RefusedEvent.objects.all()] == [[uri("S2")]]


def test_nothing_else_of_an_event_can_be_changed(erased: CustodyEvent) -> None:
    for change in ("actor_id = actor_id, kind = 'ship'", "package_count = 7"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE custody_custodyevent SET {change} WHERE id = %s", [erased.pk])


def test_by_command(sold: Goods) -> None:
    event, out = CustodyEvent.objects.order_by("id")[0], StringIO()
    how = {"ground": "Article 17", "by": "Rosa", "yes": True, "stdout": out}
    call_command("erase", str(event.pk), **how)
    assert "Erased" in out.getvalue()
    with pytest.raises(CommandError, match="no event"):
        call_command("erase", str(event.pk), **how)
    with pytest.raises(Refused):
        erase_event(event_id=2**40, ground="x", by="y", at=sold.now)


def retention(days: int, **how: Any) -> str:
    out = StringIO()
    call_command("retention", older_than=days, stdout=out, **how)
    return out.getvalue()


def test_retention_erases_nothing_before_the_law_lets_it(sold: Goods, today: Any) -> None:
    for days in (0, 365, 2195, 10**9):
        with pytest.raises(CommandError, match="six years"):
            retention(days)
    assert "0 events" in retention(2196)
    today.move_to(sold.now + timedelta(days=2195))  # the batch expired five years ago
    assert "0 events" in retention(2196, dry_run=True, even_in_circulation=True)


def test_retention_leaves_the_history_of_packs_in_circulation(sold: Goods, today: Any) -> None:
    """Two packs stand on Petra's shelf, the third is in its case, the fourth never left the maker. As each goes out of
    circulation, only what belongs to none of the others goes."""
    count = CustodyEvent.objects.count()
    today.move_to(sold.now + timedelta(days=2197))
    assert "0 events" in (said := retention(2196)) and f"{count} more are as old and stay" in said

    packs = Package.objects.filter(level="pack")
    packs.exclude(path=package(uri("S2")).path).update(status="supplied")
    said = retention(2196, dry_run=True)  # every event names it, or the case that it is in
    assert "0 events" in said and f"{count} more" in said

    packs.update(status="destroyed")
    packs.filter(path=package(uri("S3")).path).update(status="stolen")
    said = retention(2196, dry_run=True)  # it was commissioned with the others, and no more
    assert f"{count - 1} events" in said and "1 more" in said
    assert f"{count} events" in retention(2196, dry_run=True, even_in_circulation=True)


def test_retention_erases_what_is_old_enough(sold: Goods, today: Any) -> None:
    today.move_to(sold.now + timedelta(days=2197))
    said = retention(2196, dry_run=True, even_in_circulation=True)
    count = CustodyEvent.objects.count()
    assert f"{count} events" in said and "would be erased" in said
    assert not CustodyEvent.objects.filter(kind="erased").exists()
    assert f"{count} events" in retention(2196, even_in_circulation=True)
    assert CustodyEvent.objects.filter(kind="erased").count() == count
    assert "0 events" in retention(2196, even_in_circulation=True)


def test_retention_waits_for_a_year_after_the_expiry(sold: Goods, today: Any, mia: Any) -> None:
    from apps.catalog.models import Batch

    Batch.objects.update(expiry=(sold.now + timedelta(days=2000)).date())
    today.move_to(sold.now + timedelta(days=2197))
    said = retention(2196, dry_run=True, even_in_circulation=True)
    assert "1 packages" in said  # events that name the case only
    assert "4 packages" not in said and "3 packages" not in said
