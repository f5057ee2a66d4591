"""What is kept of packages on their way is always what the packages themselves say."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from apps.custody.auditing.underway import counts_follow_from_packages
from apps.custody.models import CustodyEvent, Underway
from apps.custody.services.erase_event import erase_event
from apps.custody.underway import (
    counted_anew,
    keeping_count,
    kept,
    packages_coming_to,
    packages_sent_by,
)
from apps.ledger.audits import Span
from apps.ledger.services import seal
from tests.custody.goods import CASE, Goods, recorded, uri, uris

pytestmark = pytest.mark.django_db


def settled() -> list[int]:
    """The counts, which are those of the packages; and nothing is left over."""
    assert kept() == counted_anew()
    assert list(counts_follow_from_packages(Span())) == []
    rows = sorted(Underway.objects.values_list("packages", flat=True))
    assert sorted(kept().values()) == rows
    return rows


def test_each_shipment_is_counted_until_it_has_arrived(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(6))
    assert settled() == []
    goods.ship(mia, uris(4), dan)
    goods.ship(mia, uris(6)[4:], dan)
    assert settled() == [2, 4]
    assert packages_coming_to(dan.organisation.pk) == packages_sent_by(mia.organisation.pk) == 6
    goods.receive(dan, uris(5)[3:], mia)
    assert settled() == [1, 3]
    goods.receive(dan, [*uris(3), uri("S5")], mia)
    assert settled() == []
    goods.ship(dan, uris(2), mia, returning=True)
    assert settled() == [2]


def test_what_is_opened_inspected_refused_or_taken_back_on_its_way_is_counted_right(
    mia: Any, dan: Any, rosa: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(8))
    goods.pack(mia, CASE, uris(4))
    goods.ship(mia, [CASE, *uris(8)[4:]], dan)
    assert settled() == [5]
    goods.do("inspect", rosa, [uri("S4")]).raise_refused()
    assert settled() == [5]
    goods.unpack(mia, CASE, uris(2))
    settled()
    goods.do("refuse", dan, [uri("S5")])
    settled()
    goods.receive(dan, [uri("S6")], mia).raise_refused()
    before = settled()
    goods.declare(dan, recorded("receive")).raise_refused()
    assert sum(settled()) == sum(before) + 1
    goods.declare(mia, recorded("ship"))
    settled()


def test_a_document_that_ships_and_receives_leaves_nothing(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2))
    both = [goods.shipment(mia, uris(1), dan), goods.shipment(mia, [uri("S1")], dan)]
    goods.record(mia, *both).raise_refused()
    assert settled() == [1, 1]
    goods.record(mia, *both).raise_refused()
    assert settled() == [1, 1], "what is repeated is not counted again"


def test_an_erased_shipment_leaves_its_packages_counted(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(2), dan)
    shipment = CustodyEvent.objects.get(kind="ship")
    seal(at=goods.now)  # what is erased stands in the log
    erase_event(event_id=shipment.pk, ground="court order", by="Rosa", at=goods.now)
    assert settled() == [2]
    assert [key[2] for key in kept()] == [0]


def test_the_audit_names_a_count_that_is_wrong(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(2), dan)
    Underway.objects.update(packages=7)
    (finding,) = counts_follow_from_packages(Span())
    assert "7 packages are kept as on their way; the packages themselves are 2" in finding.sentence


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_nobody_and_whoever_comes_next_adds_them_up(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(5))
    goods.ship(mia, uris(5), dan)
    errors: list[BaseException] = []

    def other() -> None:
        try:
            goods.receive(dan, [uri("S1")], mia).raise_refused()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        goods.receive(dan, [uri("S0")], mia).raise_refused()  # holds the row until the end
        thread = Thread(target=other)
        thread.start()
        thread.join(timeout=30)
        assert not thread.is_alive(), "the other one waited"
    assert not errors
    assert kept() == counted_anew()
    assert sorted(Underway.objects.values_list("packages", flat=True)) == [-1, 4]
    goods.receive(dan, [uri("S2")], mia).raise_refused()
    assert settled() == [2]


def test_nothing_is_asked_where_nothing_is_on_its_way(
    mia: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0), keeping_count(left=[], set_out=[]):
        pass
