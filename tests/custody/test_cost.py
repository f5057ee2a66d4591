"""An event for 2,000 packages costs the same number of SQL statements as one for 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.custody.goods import CASE, CASE_2, Goods, uri, uris

pytestmark = pytest.mark.django_db

FEW, MANY = uris(2), uris(2_001)[2:]


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act().raise_refused()
    return len(queries)


def test_two_cost_as_much_as_two_thousand(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, [uri("FIRST")]).raise_refused()
    goods.move([uri("FIRST")], mia, dan)  # what is loaded once is loaded now
    for act in (
        lambda epcs: goods.commission(mia, epcs),
        lambda epcs: goods.ship(mia, epcs, dan),
        lambda epcs: goods.receive(dan, epcs, mia),
    ):
        cost = {len(epcs): statements(lambda: act(epcs)) for epcs in (FEW, MANY)}  # noqa: B023
        assert cost[len(FEW)] == cost[len(MANY)] <= 22
    packing = {
        statements(lambda: goods.pack(dan, case, epcs))  # noqa: B023
        for case, epcs in ((CASE, FEW), (CASE_2, MANY))
    }
    assert len(packing) == 1
