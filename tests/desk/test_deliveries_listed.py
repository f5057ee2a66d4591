"""Deliveries on their way, one row each: what is counted together, in which order, and how far."""

from __future__ import annotations

from typing import Any

from apps.desk.deliveries import incoming_deliveries, outgoing_deliveries
from tests.custody.goods import uri, uris


def told(deliveries: Any) -> list[tuple[str, int]]:
    return [(one.reference.rpartition(":")[2], one.packages) for one in deliveries[:50]]


def test_packages_of_one_number_are_one_delivery_however_often_they_were_sent(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(6))
    goods.ship(mia, uris(2), dan)
    goods.ship(mia, uris(5)[2:], dan)
    (delivery,) = incoming_deliveries(dan.organisation.pk)[:50]
    assert (delivery.packages, delivery.party) == (5, "Mia Makes Medicines")
    assert delivery.shipped_at == goods.now
    assert delivery.shipment is not None
    (same,) = outgoing_deliveries(mia.organisation.pk)[:50]
    assert (same.packages, same.party) == (5, "Dan Distributes")


def test_what_was_inspected_on_its_way_stays_in_its_delivery(
    mia: Any, dan: Any, rosa: Any, goods: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.ship(mia, uris(3), dan)
    goods.do("inspect", rosa, [uri("S1")])
    assert told(incoming_deliveries(dan.organisation.pk)) == [("D1", 3)]


def test_what_was_received_is_no_longer_counted(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    goods.ship(mia, uris(3), dan)
    goods.receive(dan, uris(1), mia)
    assert told(incoming_deliveries(dan.organisation.pk)) == [("D1", 2)]


def test_newest_first_oldest_first_and_before_a_moment(
    mia: Any, dan: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(4))
    goods.ship(mia, uris(1), dan)
    then = goods.tick()
    goods.ship(mia, uris(4)[1:], petra)
    listed = outgoing_deliveries(mia.organisation.pk)
    assert [n for _, n in told(listed)] == [3, 1]
    assert [n for _, n in told(listed.order_by("shipped_at", "party_id"))] == [1, 3]
    assert [n for _, n in told(listed.filter(shipped_at__lt=then))] == [1]
    assert [one.packages for one in listed[1:2]] == [1]
    assert len(list(listed)) == 2
