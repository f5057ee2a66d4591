from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import Goods, batch_of


@pytest.fixture
def goods(mia: Any) -> Goods:
    batch_of(mia)
    return Goods()
