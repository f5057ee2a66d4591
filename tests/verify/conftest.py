from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.anchors.services import sweep
from apps.catalog.models import Batch
from apps.ledger.services import seal
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.gs1.identifiers import make_sscc
from tests.custody.goods import Goods, batch_of, uris

CASE = f"{RESOLVER}00/{make_sscc('0', '9521234', 1)}"


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def sealed(goods: Goods) -> Callable[[], None]:
    """Seals what waits and writes the checkpoint into the journal, at the goods' time."""

    def go() -> None:
        while seal(at=goods.now) is not None:
            pass
        sweep(at=goods.now)

    return go


@pytest.fixture(autouse=True)
def today(goods: Goods) -> Any:
    """The wall clock of the views stands a day after the goods' first event."""
    with time_machine.travel(goods.now + timedelta(days=1), tick=False) as clock:
        yield clock


@pytest.fixture
def now(goods: Goods) -> datetime:
    return goods.now


@pytest.fixture
def stranger() -> Client:
    """Somebody with a phone and no account."""
    return Client()


@pytest.fixture
def sold(mia: Any, dan: Any, petra: Any, goods: Goods, sealed: Callable[[], None]) -> Goods:
    """Three packs of Mia's in a case to Dan, on to Petra, who unpacks S0 and S1."""
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.move([CASE], mia, dan)
    goods.move([CASE], dan, petra)
    goods.unpack(petra, CASE, uris(2)).raise_refused()
    sealed()
    return goods
