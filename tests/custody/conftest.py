from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch
from tests.custody.goods import Goods, batch_of


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()
