"""Counting, packing, a basket at the counter, quarantine: the same list, another event."""

from __future__ import annotations

from typing import Any

from apps.custody.models import CustodyEvent
from apps.desk.holdings import inventory
from apps.desk.sessions.reviewing import review_of
from apps.desk.shelves import quarantined, returns_of, why, with_reasons
from pharmatrace.kernel.gs1.identifiers import make_sscc
from tests.custody.goods import CASE, EXPIRY, package, uri, uris
from tests.desk.pages import Desk, text
from tests.desk.sessions.conftest import begin


def test_a_count_tells_what_is_missing_and_what_is_too_much(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(8))
    goods.pack(mia, CASE, uris(3))
    goods.move([uri("S7")], mia, dan)
    gun = begin(mia, "count")
    assert gun.outcomes(uri("S0"), uri("S3"), uri("S7"), uri("NEVER")) == [
        ("good", ""), ("good", ""), ("stop", "not_in_the_books"), ("unknown", "unknown_package"),
    ]  # fmt: skip
    review = review_of(gun.session)
    assert [one.path.rpartition("/")[2] for one in review.missing] == ["S4", "S5", "S6"]
    assert "Dan Distributes holds it" in review.stops[0].line.sentence
    assert gun.sign().signed
    event = CustodyEvent.objects.get(kind="inspect")
    assert event.document["bizStep"] == "stock_taking"
    assert event.document["epcList"] == [uri("S3")], "S0 was seen inside its case"


def test_packs_go_into_a_container(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(4))
    path = f"00/{make_sscc('0', '560100', 7)}"
    gun = begin(mia, "pack", container=path)
    gun.scan(*uris(3))
    assert gun.sign().signed
    assert package(uri("S0")).parent_id == package(f"https://id.gs1.org/{path}").pk
    again = begin(mia, "pack", container=path)
    assert again.outcomes(uri("S0"), uri("S3")) == [("repeat", "done_before"), ("good", "")]


def test_a_basket_is_dispensed_at_once_and_a_recalled_pack_stops(
    mia: Any, petra: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.move(uris(3), mia, petra)
    gun = begin(petra, "dispense")
    gun.scan(*uris(2))
    batch.recalled_at = goods.now
    batch.save()
    refused = gun.sign()
    assert [one.code for one in refused.refusals] == ["recalled"]
    assert package(uri("S0")).status == "active"
    batch.recalled_at = None
    batch.save()
    gun = begin(petra, "dispense")
    gun.scan(*uris(3))
    assert gun.sign().signed
    assert package(uri("S2")).status == "supplied"
    assert CustodyEvent.objects.filter(kind="dispense").count() == 1


def test_the_quarantine_shelf_knows_why_and_who(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    gun = begin(mia, "lock", reason="damaged")
    gun.scan(uri("S0"))
    gun.sign()
    goods.do("lock", mia, [uri("S1")]).raise_refused()
    shelf = with_reasons(quarantined(mia.organisation.pk)[0:50])
    known = {one.package.path.rpartition("/")[2]: one.why for one in shelf}
    assert known["S1"] is None
    assert known["S0"] is not None
    assert (known["S0"].who, known["S0"].reason) == ("Mia", "damaged")
    assert "Damaged" in text(Desk(mia).open("quarantine"))
    out = begin(mia, "unlock")
    assert out.outcomes(uri("S0"), uri("S1")) == [("good", ""), ("good", "")]
    out.sign()
    assert "Nothing is in quarantine" in text(Desk(mia).open("quarantine"))


def test_returns_say_to_whom_and_why(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, dan)
    gun = begin(dan, "return", party=mia.organisation, reference="R1", reason="not_ordered")
    gun.scan(uri("S0"))
    gun.sign()
    event = returns_of(dan.organisation.pk).get()
    assert why([event.pk])[event.pk].reason == "not_ordered"
    assert "Not ordered" in text(Desk(dan).open("returns"))
    theirs = text(Desk(mia).open("returns"))
    assert "From Dan Distributes" in theirs
    assert "Not ordered" not in theirs, "the reason is told among colleagues"


def test_inventory_counts_packs_in_containers_and_what_expires_first(
    mia: Any, goods: Any, today: Any
) -> None:
    goods.commission(mia, uris(5))
    goods.pack(mia, CASE, uris(3))
    goods.do("lock", mia, [uri("S4")]).raise_refused()
    [held] = inventory(mia.organisation.pk, on=EXPIRY).lots
    assert (held.packs, held.locked, held.days) == (5, 1, 0)
    assert "Nothing fits" in text(Desk(mia).open("inventory", soon="yes"))
    today.move_to("2027-10-01T09:00:00+00:00")
    del mia.client  # a browser that stays signed in for a year is nobody's
    assert "in 30 days" in text(Desk(mia).open("inventory", soon="yes"))
