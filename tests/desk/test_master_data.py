"""Proposals at the desk: what differs is shown, field by field, and taken over or declined."""

from __future__ import annotations

from typing import Any

from apps.exchange.master_data.models import Proposal
from apps.parties.models import Membership, Site
from tests.desk.pages import Desk, after, text
from tests.exchange.master_data.test_proposing import PORTO, send
from tests.exchange.master_data.told import element, lists


def tell(who: Any, sender: str = "", **said: str) -> Proposal:
    send(who, lists(Location=[element(PORTO, **said)]), sender)
    return Proposal.objects.latest("id")


def test_mia_sees_old_and_new_and_takes_over_what_she_ticks(mia: Any) -> None:
    one = tell(mia, "urn:epc:id:sgln:0614141.07346.0", name="Dock 4", postalCode="4400")
    desk = Desk(mia)
    page = desk.open("master-data")
    words = text(page)
    assert f"Name {mia.site.name} Dock 4" in words
    assert "Postal code nothing 4400" in words
    assert "0614141073467" in words
    boxes = page.content.decode()
    assert 'value="postal_code" checked' in boxes
    assert 'value="name" checked' not in boxes
    said = after(desk.send(f"/master-data/{one.pk}/accept/", {"field": "postal_code"}), desk.client)
    assert "Taken over for 5601000000028: postal code." in said
    site = Site.objects.get(gln=mia.site.gln)
    assert (site.name, site.postal_code) == (mia.site.name, "4400")


def test_a_form_sent_twice_and_one_with_nothing_ticked_say_so(mia: Any) -> None:
    one, desk = tell(mia, name="Dock 4"), Desk(mia)
    address = f"/master-data/{one.pk}/accept/"
    assert "Choose at least one field" in after(desk.send(address, {}), desk.client)
    desk.send(address, {"field": "name"})
    assert "decided meanwhile" in after(desk.send(address, {"field": "name"}), desk.client)


def test_a_declined_proposal_is_gone(mia: Any) -> None:
    one, desk = tell(mia, name="Dock 4"), Desk(mia)
    said = after(desk.send(f"/master-data/{one.pk}/decline/", {}), desk.client)
    assert "No master data waits" in said
    assert Site.objects.get(gln=mia.site.gln).name == mia.site.name


def main_of(page: Any) -> bytes:
    content: bytes = page.content
    return content.partition(b"<main")[2].partition(b"</main>")[0]


def test_what_is_somebody_elses_has_no_boxes_to_tick(dan: Any, mia: Any) -> None:
    one, desk = tell(dan, name="Dock 4"), Desk(dan)
    page = desk.open("master-data")
    assert b"checkbox" not in main_of(page)
    assert "Somebody else’s to take over" in text(page)
    refused = after(desk.send(f"/master-data/{one.pk}/accept/", {"field": "name"}), desk.client)
    assert "not registered as yours" in refused


def test_others_find_nothing_to_decide_and_the_regulator_does(
    mia: Any, dan: Any, rosa: Any
) -> None:
    one = tell(mia, name="Dock 4")
    assert Desk(dan).send(f"/master-data/{one.pk}/decline/", {}).status_code == 404
    assert "received by Mia Makes Medicines" in text(Desk(rosa).open("master-data"))
    Desk(rosa).send(f"/master-data/{one.pk}/accept/", {"field": "name"})
    assert Site.objects.get(gln=mia.site.gln).name == "Dock 4"


def test_an_operator_looks_and_does_not_decide(mia: Any) -> None:
    one = tell(mia, name="Dock 4")
    Membership.objects.update(role="operator")
    desk = Desk(mia)
    assert b"<button" not in main_of(desk.open("master-data"))
    assert desk.send(f"/master-data/{one.pk}/accept/", {"field": "name"}).status_code == 403


def test_markup_in_what_was_told_is_text(mia: Any) -> None:
    tell(mia, name="<script>alert(1)</script>")
    assert b"<script>alert(1)" not in Desk(mia).open("master-data").content
