"""The cast, and something real behind every address."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch
from tests.custody.goods import Goods, batch_of
from tests.desk.test_roles import arguments  # noqa: F401  (one thing for every address of the desk)
from tests.walks.world import World, world_of


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def world(arguments: Any, goods: Goods, mia: Any, dan: Any, petra: Any, rosa: Any) -> World:  # noqa: F811
    return world_of(arguments, goods, {"mia": mia, "dan": dan, "petra": petra, "rosa": rosa})
