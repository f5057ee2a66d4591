"""A shipment in a pallet: Mia packed two cases of three packs, and ships the pallet and a loose pack to Dan."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent
from apps.exchange.dscsa.shipment import Shipment, shipment_of
from tests.custody.goods import CASE, CASE_2, PALLET, Goods, batch_of, uri, uris

LOOSE = uri("LOOSE")
PREFIXES = ["560100", "9521234", "843700"]


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def packed(mia: Any, dan: Any, goods: Goods) -> Goods:
    mia.organisation.gs1_prefixes = PREFIXES
    mia.organisation.save()
    goods.commission(mia, [*uris(6), LOOSE]).raise_refused()
    goods.pack(mia, CASE, uris(6)[:3]).raise_refused()
    goods.pack(mia, CASE_2, uris(6)[3:]).raise_refused()
    goods.pack(mia, PALLET, [CASE, CASE_2]).raise_refused()
    return goods


@pytest.fixture
def shipped(packed: Goods, mia: Any, dan: Any) -> Shipment:
    packed.ship(mia, [PALLET, LOOSE], dan).raise_refused()
    return newest(mia)


def newest(who: Any) -> Shipment:
    event = CustodyEvent.objects.filter(kind="ship").latest("id")
    found = shipment_of(who.actor, event.pk)
    assert found is not None
    return found
