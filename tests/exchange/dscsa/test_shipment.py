"""What was in a shipment when it left, whatever happened to it since; and who may know."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.exchange.dscsa.shipment import Shipment, contents_of, shipment_of
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, CASE_2, PALLET, Goods, uri, uris
from tests.exchange.dscsa.conftest import LOOSE, newest

pytestmark = pytest.mark.django_db


def paths(*found: str) -> set[str]:
    return {one.removeprefix("https://id.gs1.org/") for one in found}


def test_everything_in_the_pallet_and_what_is_loose(shipped: Shipment) -> None:
    found = contents_of(shipped)
    assert set(found.inside) == paths(PALLET, CASE, CASE_2, LOOSE, *uris(6))
    assert set(found.leaves) == paths(LOOSE, *uris(6))
    case = CASE.removeprefix("https://id.gs1.org/")
    assert found.inside[case] == PALLET.removeprefix("https://id.gs1.org/")
    assert {p for p, parent in found.inside.items() if parent == case} == paths(*uris(3))
    order = list(found.inside)
    assert all(
        parent is None or order.index(parent) < order.index(p) for p, parent in found.inside.items()
    )


def test_what_the_receiver_unpacked_was_in_it_all_the_same(
    shipped: Shipment, packed: Goods, mia: Any, dan: Any
) -> None:
    before = contents_of(shipped)
    packed.receive(dan, [PALLET, LOOSE], mia).raise_refused()
    packed.unpack(dan, PALLET, [CASE]).raise_refused()
    packed.unpack(dan, CASE, uris(2)).raise_refused()
    assert contents_of(newest(dan)) == before


def test_what_was_taken_out_before_is_not_in_it(packed: Goods, mia: Any, dan: Any) -> None:
    packed.unpack(mia, PALLET, [CASE]).raise_refused()
    packed.unpack(mia, CASE, [uri("S0")]).raise_refused()
    packed.pack(mia, PALLET, [CASE]).raise_refused()
    packed.ship(mia, [PALLET], dan).raise_refused()
    assert set(contents_of(newest(mia)).inside) == paths(PALLET, CASE, CASE_2, *uris(6)[1:])


def test_what_was_taken_back_is_left_out_and_said(
    shipped: Shipment, packed: Goods, mia: Any
) -> None:
    packed.do(Kind.CANCEL_SHIPMENT, mia, [PALLET]).raise_refused()
    found = contents_of(shipped)
    assert (set(found.inside), found.taken_back) == (paths(LOOSE), 1)


def test_events_under_one_delivery_number_are_one_shipment(
    packed: Goods, mia: Any, dan: Any, petra: Any
) -> None:
    packed.ship(mia, [PALLET], dan).raise_refused()
    first = newest(mia)
    packed.commission(mia, [uri("P")]).raise_refused()
    packed.ship(mia, [uri("P")], petra).raise_refused()
    packed.ship(mia, [LOOSE], dan).raise_refused()
    both = newest(mia)
    assert both.first.pk == first.first.pk
    assert len(both.events) == 2
    assert len(contents_of(both).leaves) == 7


@pytest.mark.parametrize(
    ("who", "sees"), [("mia", True), ("dan", True), ("rosa", True), ("petra", False)]
)
def test_only_its_parties_and_the_regulator_see_it(
    shipped: Shipment, who: str, sees: bool, request: Any
) -> None:
    reader = request.getfixturevalue(who)
    assert (shipment_of(reader.actor, shipped.first.pk) is not None) is sees


def test_other_events_are_no_shipments(shipped: Shipment, mia: Any) -> None:
    assert shipment_of(mia.actor, shipped.first.pk - 1) is None
    assert shipment_of(mia.actor, 10**15) is None


def test_more_packages_cost_no_more_queries(packed: Goods, mia: Any, dan: Any) -> None:
    costs = []
    for turn in (2, 40):
        mine = [uri(f"T{turn}-{n}") for n in range(turn)]
        packed.commission(mia, mine).raise_refused()
        packed.ship(mia, mine, dan).raise_refused()
        shipment = newest(mia)
        one = Shipment(shipment.events[-1:], shipment.sender, shipment.receiver)
        with CaptureQueriesContext(connection) as queries:
            assert len(contents_of(one).leaves) == turn
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_shipment_beyond_all_bounds_is_refused(shipped: Shipment, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.exchange.dscsa.shipment.MOST_PACKAGES", 5)
    with pytest.raises(Refused, match="more than 5 packages"):
        contents_of(shipped)
