"""A recall reaches whoever holds any of the batch, on the shelf, in a pallet or under way."""

from __future__ import annotations

from typing import Any

import pytest

from apps.safety.models import Alert
from apps.safety.services import recall
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, PALLET, Goods, batch_of, codes, uri, uris

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(mia: Any) -> Any:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Any) -> Goods:
    return Goods()


def stop(who: Any, batch: Any, goods: Goods) -> Any:
    return recall(
        actor=who.actor, user=who.user, batch=batch, severity="1", reason="Glass particles.",
        instruction="Quarantine and return.", at=goods.tick(),
    )  # fmt: skip


def test_every_holder_is_told_once(
    mia: Any, dan: Any, petra: Any, batch: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(9))
    goods.pack(mia, CASE, uris(3))
    goods.pack(mia, PALLET, [CASE])
    goods.move([PALLET], mia, dan)
    goods.ship(mia, uris(9)[3:5], petra)
    stop(mia, batch, goods)
    told = Alert.objects.filter(kind="recalled").values_list("raised_for__name", flat=True)
    assert sorted(told) == sorted(
        [mia.organisation.name, dan.organisation.name, petra.organisation.name]
    )


def test_who_handed_everything_on_is_not_told(
    mia: Any, dan: Any, petra: Any, batch: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2))
    goods.move(uris(2), mia, petra)
    goods.do(Kind.DISPENSE, petra, uris(2)).raise_refused()
    stop(mia, batch, goods)
    assert not Alert.objects.exists()


def test_a_recalled_pack_is_not_handed_on_and_the_attempt_is_a_finding(
    mia: Any, petra: Any, rosa: Any, batch: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2))
    goods.move(uris(2), mia, petra)
    stop(rosa, batch, goods)
    Alert.objects.all().delete()
    assert codes(goods.do(Kind.DISPENSE, petra, [uri("S0")])) == {"recalled"}
    assert Alert.objects.get().raised_for == petra.organisation


def test_only_maker_or_regulator_and_only_once(
    mia: Any, dan: Any, batch: Any, goods: Goods
) -> None:
    with pytest.raises(Refused) as refused:
        stop(dan, batch, goods)
    assert refused.value.codes == ("not_yours_to_recall",)
    stop(mia, batch, goods)
    with pytest.raises(Refused) as refused:
        stop(mia, batch, goods)
    assert refused.value.codes == ("already_recalled",)
