"""Inventory of somebody who holds much: counted in the background, and the same as counted on the spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.desk import holdings
from apps.desk.holding_models import HoldingsCount
from tests.custody.goods import CASE, EXPIRY, uri, uris
from tests.desk.pages import Desk, text


def told(who: Any) -> list[tuple[int, int]]:
    return [
        (one.packs, one.locked) for one in holdings.inventory(who.organisation.pk, on=EXPIRY).lots
    ]


def count(seconds: float = 0) -> int:
    return holdings.count_holdings_due(at=timezone.now() + timedelta(seconds=seconds), seconds=5)


@pytest.fixture
def stocked(mia: Any, goods: Any) -> Any:
    goods.commission(mia, uris(6))
    goods.pack(mia, CASE, uris(3))
    goods.do("lock", mia, [CASE]).raise_refused()
    return mia


def test_much_is_counted_in_the_background_and_comes_to_the_same(
    stocked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = told(stocked)
    assert at_once == [(6, 3)]
    monkeypatch.setattr(holdings, "SMALL", 5)
    assert "it is being counted" in text(Desk(stocked).open("inventory"))
    assert count() == 1
    assert told(stocked) == at_once
    assert "Counted" in text(Desk(stocked).open("inventory"))


def test_it_is_counted_again_when_something_was_recorded_and_not_all_the_time(
    stocked: Any, dan: Any, goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "SMALL", 2)
    told(stocked)
    assert count() == 1
    assert count(60) == 0, "nothing was recorded since"
    goods.ship(stocked, [uri("S5")], dan)
    assert count(5) == 0, "it was counted a moment ago"
    assert told(stocked) == [(6, 3)]
    assert count(60) == 1
    assert told(stocked) == [(5, 3)]


def test_who_holds_little_is_counted_on_the_spot_and_not_remembered(stocked: Any) -> None:
    assert told(stocked) == [(6, 3)]
    assert not HoldingsCount.objects.exists()
    assert count() == 0


def test_as_many_as_may_be_counted_and_one_more(
    stocked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "SMALL", 7)  # six packs and their case
    assert not holdings.inventory(stocked.organisation.pk, on=EXPIRY).waiting
    monkeypatch.setattr(holdings, "SMALL", 6)
    assert holdings.inventory(stocked.organisation.pk, on=EXPIRY).waiting
