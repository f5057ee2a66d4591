"""The page of a shipment: both sides read it, the sender affirms, files come down."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.parties.models import Organisation
from tests.custody.goods import CASE, uris
from tests.desk.pages import Desk, after, text


@pytest.fixture
def event(mia: Any, dan: Any, goods: Any) -> int:
    Organisation.objects.filter(pk=mia.organisation.pk).update(
        gs1_prefixes=["560100", "9521234", "843700"]
    )
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.ship(mia, [CASE], dan).raise_refused()
    return int(CustodyEvent.objects.get(kind="ship").pk)


def test_both_sides_read_it_and_only_the_sender_affirms(mia: Any, dan: Any, event: int) -> None:
    for who in (mia, dan):
        words = text(Desk(who).open("shipment", event))
        assert "Examplin 40 mg" in words
        assert "address not recorded" in words
        assert "Not affirmed" in words
        assert ("Affirm this statement" in words) is (who is mia)
    refused = after(Desk(dan).send(f"/shipments/{event}/affirm/", {}), dan.client)
    assert "makes this statement, nobody else" in refused
    desk = Desk(mia)
    assert "is affirmed" in after(desk.send(f"/shipments/{event}/affirm/", {}), desk.client)
    assert "Not affirmed" not in text(Desk(dan).open("shipment", event))


@pytest.mark.parametrize(
    ("page", "kind", "starts"),
    [
        ("shipment-pdf", "application/pdf", b"%PDF-"),
        ("shipment-epcis", "application/xml", b"<?xml"),
    ],
)
def test_files_come_down(dan: Any, event: int, page: str, kind: str, starts: bytes) -> None:
    answer = Desk(dan).open(page, event)
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert "shipment-D1" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(starts)


def test_strangers_to_a_shipment_find_nothing(petra: Any, rosa: Any, event: int) -> None:
    for page in ("shipment", "shipment-pdf", "shipment-epcis"):
        assert Desk(petra).open(page, event).status_code == 404
        assert Desk(rosa).open(page, event).status_code == 200
    assert Desk(petra).send(f"/shipments/{event}/affirm/", {}).status_code == 404


def test_an_unknown_prefix_is_said_on_the_page(mia: Any, event: int, monkeypatch: Any) -> None:
    Organisation.objects.update(gs1_prefixes=[])
    monkeypatch.setattr(
        "pharmatrace.kernel.gs1.epc_of_link.company_prefix_length", lambda key: None
    )
    desk = Desk(mia)
    said = after(desk.open("shipment-epcis", event), desk.client)
    assert "Nobody knows how long the company prefix" in said


def test_deliveries_lead_to_their_papers(mia: Any, dan: Any, event: int) -> None:
    for who, page in ((mia, "outgoing"), (dan, "incoming")):
        assert f'href="/shipments/{event}/"'.encode() in Desk(who).open(page).content
    assert f'href="/shipments/{event}/"'.encode() in Desk(dan).open("event", event).content
