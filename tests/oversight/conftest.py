"""Goods that moved, sealed, with a copy that was presented where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.catalog.models import Batch
from apps.ledger.services import open_log, seal
from apps.oversight.cases.services import open_case
from apps.oversight.models import CaseFile
from tests.custody.goods import Goods, batch_of, uris

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def sealed(goods: Goods) -> Callable[[], None]:
    def go() -> None:
        open_log(at=goods.now)
        while seal(at=goods.now) is not None:
            pass

    return go


@pytest.fixture
def moved(mia: Any, dan: Any, petra: Any, rosa: Any, goods: Goods, sealed: Any) -> Goods:
    """S0 went from Mia over Dan to Petra, S1 to Dan, S2 stayed; all of it is in the log."""
    goods.commission(mia, uris(3)).raise_refused()
    goods.move(uris(2), mia, dan)
    goods.move(uris(1), dan, petra)
    sealed()
    return goods


@pytest.fixture
def case(rosa: Any) -> CaseFile:
    return open_case(by=rosa.membership, title="A copied serial", at=NOW - timedelta(hours=1))
