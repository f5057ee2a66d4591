"""The cast at their desks, with goods of Mia's to move."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from apps.catalog.models import Batch
from tests.cast import Member, member
from tests.custody.goods import Goods, batch_of, uris
from tests.desk.pages import Desk

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    """The goods of the tests move on 2 November 2026; the desk opens the morning after."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def desk() -> type[Desk]:
    return Desk


@pytest.fixture
def counter(mia: Any, petra: Any, goods: Any) -> Desk:
    """Petra's desk, with three packs on her shelf."""
    goods.commission(mia, uris(3))
    goods.move(uris(3), mia, petra)
    return Desk(petra)


@pytest.fixture
def paul(db: None) -> Member:
    """Another pharmacist, in another country."""
    return member(
        name="Paul", kind="pharmacy", company="Paul's Pharmacy", gln="4012345000009",
        site_gln="4012345000016", city="Kiel", country="DE", activity="dispense",
    )  # fmt: skip
