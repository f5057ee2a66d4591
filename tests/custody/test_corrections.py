"""An error declaration takes an event back, by rule; both stay in the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import find, history, outermost
from apps.ledger.audits import audit
from apps.ledger.services import seal
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.event_hash import event_hash
from tests.custody.goods import (
    CASE,
    CASE_2,
    EXPIRY,
    GTIN,
    LOT,
    PALLET,
    Goods,
    batch_of,
    codes,
    package,
    recorded,
    uri,
    uris,
    wrong,
)

pytestmark = pytest.mark.django_db


def stored() -> dict[str, tuple[Any, ...]]:
    """The state of every package, without the place in its chain."""
    return {
        p.path: (p.level, p.batch_id, p.parent_id, p.custodian_id, p.site_id, p.status, p.status_at,
                 p.consignee_id)
        for p in Package.objects.all()
    }  # fmt: skip


def refusal(result: Any) -> Any:
    [outcome] = [one for one in result.outcomes if one.fate == "refused"]
    return outcome.refusals[0]


@pytest.fixture
def shipped(mia: Any, dan: Any, goods: Goods) -> Any:
    """Packs in a case on their way to Dan; the shipment."""
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.ship(mia, [CASE], dan).raise_refused()
    return recorded("ship")


def test_a_shipment_that_did_not_occur_leaves_the_goods_where_they_were(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    before = stored()
    goods.ship(mia, uris(2), dan).raise_refused()
    result = goods.declare(mia, recorded("ship"))
    assert [(one.fate, one.kind) for one in result.outcomes] == [("accepted", "declare_error")]
    assert stored() == before


def test_both_are_kept_and_the_chain_of_every_package_goes_on(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    goods.ship(mia, uris(2), dan).raise_refused()
    goods.declare(mia, recorded("ship"), corrective=("urn:uuid:1",)).raise_refused()
    ship, declaration = CustodyEvent.objects.filter(kind__in=("ship", "declare_error")).order_by(
        "id"
    )
    assert bytes(ship.hash) == bytes(declaration.hash)
    assert declaration.document["errorDeclaration"]["correctiveEventIDs"] == ["urn:uuid:1"]
    assert (declaration.site, declaration.counterparty) == (ship.site, ship.counterparty)
    assert package(uri("S0")).seq == 2
    assert PackageEvent.objects.filter(event=declaration).count() == 2
    seal(at=goods.now)
    assert list(audit()) == []


def test_the_second_declaration_of_an_event_is_a_repeat(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    event = recorded("commission")
    first = goods.declare(mia, event).outcomes[0]
    again = goods.declare(mia, event, reason="incorrect_data").outcomes[0]
    assert (again.fate, again.event_id, again.kind) == ("repeated", first.event_id, "declare_error")
    original = goods.record(mia, event).outcomes[0]
    assert (original.fate, original.kind) == ("repeated", "commission")
    assert original.event_id != first.event_id


def test_what_was_never_recorded_cannot_be_declared_wrong(mia: Any, goods: Goods) -> None:
    event = acts.commission(uris(1), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    assert codes(goods.declare(mia, event)) == {"declared_unknown"}
    assert CustodyEvent.objects.count() == 0


@pytest.mark.parametrize("recorded_as", ["of two", "of one"])
def test_a_declaration_names_the_packages_of_what_it_declares_wrong(
    mia: Any, goods: Goods, recorded_as: str
) -> None:
    """In the pre-hash string nothing marks where a value ends: these two events have one hash."""
    first, second = uri("S1"), uri("S2")
    goods.commission(mia, [uri("S1epcList"), first, second]).raise_refused()
    two = acts.act(
        Kind.LOCK, [uri("S1epcList"), second], site_gln=mia.site.gln, at=goods.tick(),
        certification_info=("urn:x:1",),
    )  # fmt: skip
    one = replace(two, epcs=(second,), certification_info=(f"urn:x:1epcListepc={first}",))
    assert event_hash(one) == event_hash(two)
    event, other = (two, one) if recorded_as == "of two" else (one, two)
    goods.record(mia, event).raise_refused()
    assert codes(goods.declare(mia, other)) == {"declared_differs"}
    assert package(uri("S2")).status == "locked"
    goods.declare(mia, event).raise_refused()
    assert package(uri("S2")).status == "active"


def test_only_whoever_recorded_it_can_declare_it_wrong(
    dan: Any, rosa: Any, goods: Goods, shipped: Any
) -> None:
    for who in (dan, rosa):
        assert codes(goods.declare(who, shipped)) == {"not_yours_to_declare"}


def test_what_was_received_since_is_refused_with_the_event_in_the_way(
    mia: Any, dan: Any, goods: Goods, shipped: Any
) -> None:
    goods.receive(dan, [CASE], mia).raise_refused()
    found = refusal(goods.declare(mia, shipped))
    assert found.code == "happened_since"
    assert "received" in found.sentence
    assert found.data == {
        "packages": [CASE.removeprefix(RESOLVER)], "count": 1, "kind": "receive",
        "event": event_hash(recorded("receive")),
    }  # fmt: skip
    assert package(CASE).custodian == dan.organisation


def test_what_was_dispensed_onward_stays_received(mia: Any, petra: Any, goods: Goods) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    goods.move(uris(3), mia, petra)
    goods.do(Kind.DISPENSE, petra, [uri("S1")]).raise_refused()
    found = refusal(goods.declare(petra, recorded("receive")))
    assert (found.code, found.data["kind"]) == ("happened_since", "dispense")
    assert found.data["packages"] == [uri("S1").removeprefix(RESOLVER)]


def test_later_events_are_declared_first_in_one_document(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    before = stored()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.ship(mia, [CASE], dan).raise_refused()
    pack, ship, at = recorded("pack"), recorded("ship"), goods.tick()
    assert codes(goods.record(mia, wrong(pack, at=at), wrong(ship, at=at))) == {"happened_since"}
    goods.record(mia, wrong(ship, at=at), wrong(pack, at=at)).raise_refused()
    case = package(CASE)
    assert case.status == "void"
    assert {path: state for path, state in stored().items() if path != case.path} == before


def test_an_event_and_its_declaration_come_in_one_document(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    before = stored()
    ship = goods.shipment(mia, uris(2), dan)
    better = goods.shipment(mia, uris(1), dan)
    goods.record(mia, ship, wrong(ship, at=goods.tick())).raise_refused()
    assert stored() == before
    goods.record(mia, better).raise_refused()
    assert [package(one).status for one in uris(2)] == ["in_transit", "active"]


def test_a_pack_registered_by_mistake_is_void_and_may_be_registered_rightly(
    mia: Any, dan: Any, goods: Goods
) -> None:
    right = batch_of(mia, lot="L2", quantity=2)
    goods.commission(mia, uris(2)).raise_refused()
    event, at = recorded("commission"), goods.tick()
    corrective = replace(event, ilmd={**event.ilmd, "cbvmda:lotNumber": "L2"})
    ids = (event_hash(corrective),)
    goods.record(mia, wrong(event, at=at, corrective=ids)).raise_refused()
    one = package(uri("S0"))
    assert (one.status, one.status_at, one.custodian) == ("void", at, mia.organisation)
    assert codes(goods.ship(mia, uris(1), dan)) == {"void"}
    goods.record(mia, corrective).raise_refused()
    one = package(uri("S0"))
    assert (one.status, one.batch, one.seq) == ("active", right, 2)
    goods.move(uris(2), mia, dan)


def test_void_packs_take_no_room_in_their_batch(mia: Any, goods: Goods) -> None:
    batch_of(mia, lot="TINY", quantity=2)
    goods.commission(mia, uris(2), lot="TINY").raise_refused()
    others = acts.commission(
        [uri("T1"), uri("T2")], lot="TINY", expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick()
    )
    assert codes(goods.record(mia, others)) == {"batch_full"}
    declaration = wrong(recorded("commission"), at=goods.tick())
    goods.record(mia, declaration, others).raise_refused()
    more = acts.commission(
        [uri("T3")], lot="TINY", expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick()
    )
    assert codes(goods.record(mia, more)) == {"batch_full"}


def test_a_void_container_is_packed_into_anew(mia: Any, goods: Goods) -> None:
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(2)).raise_refused()
    goods.declare(mia, recorded("pack"), reason="incorrect_data").raise_refused()
    goods.pack(mia, CASE, uris(4)[2:]).raise_refused()
    case = package(CASE)
    assert (case.status, case.seq, case.contents.count()) == ("active", 2, 2)


def test_an_unpacking_taken_back_puts_the_packs_back(
    mia: Any, dan: Any, petra: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.pack(mia, PALLET, [CASE]).raise_refused()
    goods.move([PALLET], mia, dan)
    goods.unpack(dan, PALLET, [CASE]).raise_refused()
    before = stored()
    goods.unpack(dan, CASE, uris(2)).raise_refused()
    goods.do(Kind.LOCK, dan, [uri("S0")]).raise_refused()
    lock, unpack, at = recorded("lock"), recorded("unpack"), goods.tick()
    goods.record(dan, wrong(lock, at=at), wrong(unpack, at=at)).raise_refused()
    assert stored() == before
    goods.move([CASE], dan, petra)
    assert outermost(package(uri("S0"))).custodian == petra.organisation


def test_packs_come_out_of_a_wrong_packing_as_they_were(mia: Any, dan: Any, goods: Goods) -> None:
    """They had come out of another container before, and have what they took over from it."""
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.move([CASE], mia, dan)
    goods.unpack(dan, CASE, uris(3)).raise_refused()
    before = stored()
    goods.pack(dan, CASE_2, uris(3)).raise_refused()
    goods.declare(dan, recorded("pack")).raise_refused()
    del (after := stored())[CASE_2.removeprefix(RESOLVER)]
    assert after == before


def test_a_case_that_became_a_pallet_is_a_case_again(mia: Any, goods: Goods) -> None:
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(2)).raise_refused()
    goods.pack(mia, CASE_2, [uri("S2")]).raise_refused()
    before = stored()
    goods.pack(mia, CASE, [CASE_2]).raise_refused()
    assert package(CASE).level == "pallet"
    goods.declare(mia, recorded("pack")).raise_refused()
    assert stored() == before


@pytest.mark.parametrize("kind", [Kind.DESTROY, Kind.REPORT_STOLEN])
def test_what_is_never_undone_is_not_undone_by_a_declaration(
    mia: Any, goods: Goods, kind: Kind
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.do(kind, mia, uris(1)).raise_refused()
    assert codes(goods.declare(mia, recorded(kind.value))) == {"never_reversed"}


def test_a_declaration_is_no_way_around_the_ten_days(mia: Any, petra: Any, goods: Goods) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    goods.move(uris(2), mia, petra)
    goods.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    first = recorded("dispense")
    goods.now += timedelta(days=9)
    goods.do(Kind.DISPENSE, petra, [uri("S1")]).raise_refused()
    second = recorded("dispense")
    goods.now += timedelta(days=2)
    assert codes(goods.declare(petra, first)) == {"undo_window_over"}
    goods.declare(petra, second).raise_refused()
    assert [package(one).status for one in uris(2)] == ["supplied", "active"]


def test_a_declaration_from_the_future_is_refused(mia: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    later = goods.now + timedelta(days=1)
    assert codes(goods.record(mia, wrong(recorded("commission"), at=later))) == {"in_future"}


def test_somebody_who_only_looked_is_not_in_the_way(
    mia: Any, rosa: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.ship(mia, uris(1), dan).raise_refused()
    goods.do(Kind.INSPECT, rosa, uris(1)).raise_refused()
    goods.declare(mia, recorded("ship")).raise_refused()
    assert package(uri("S0")).status == "active"


def test_a_history_shows_what_stands_and_what_does_not(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.pack(mia, CASE, uris(1)).raise_refused()
    goods.do(Kind.LOCK, mia, [CASE]).raise_refused()
    lock, pack, at = recorded("lock"), recorded("pack"), goods.tick()
    goods.record(
        mia, wrong(lock, at=at), wrong(pack, at=at, reason="incorrect_data")
    ).raise_refused()
    steps = history(package(uri("S0")).pk)
    told = [(one.event.kind, one.stands, one.via) for one in steps]
    assert told == [
        ("commission", True, None), ("pack", False, None), ("declare_error", False, None),
    ]  # fmt: skip
    assert steps[1].wrong is steps[2]
    assert steps[2].declaration["reason"] == "incorrect_data"


def test_a_declaration_costs_as_much_for_two_as_for_two_thousand(mia: Any, goods: Goods) -> None:
    from tests.custody.test_cost import statements

    few, many = uris(2), uris(2_001)[2:]
    cost = []
    for epcs, case in ((few, CASE), (many, CASE_2)):
        goods.commission(mia, epcs).raise_refused()
        goods.pack(mia, case, epcs).raise_refused()
        goods.unpack(mia, case, epcs).raise_refused()
        goods.do(Kind.LOCK, mia, epcs).raise_refused()
        events = [recorded(kind) for kind in ("lock", "unpack", "pack", "commission")]
        cost.append(
            [statements(lambda: goods.declare(mia, event)) for event in events]  # noqa: B023
        )
    assert cost[0] == cost[1]
    assert max(cost[0]) <= 26
    assert find(f"01/{GTIN}/21/S0").status == "void"
