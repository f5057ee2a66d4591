"""An event for 2,000 packages costs the same number of SQL statements as one for 2."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.custody.goods import CASE, CASE_2, Goods, uris

pytestmark = pytest.mark.django_db


class CountingCopies:
    """COPY goes past Django's query log, so it is counted at its door."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.copies = 0
        for name in ("apps.custody.writing", "apps.ledger.services.append"):
            module = import_module(name)
            monkeypatch.setattr(module, "copy_rows", self._counting(module.copy_rows))

    def _counting(self, copy: Any) -> Any:
        def counted(*args: Any) -> None:
            self.copies += 1
            copy(*args)

        return counted


def statements(counter: CountingCopies, act: Any) -> int:
    counter.copies = 0
    with CaptureQueriesContext(connection) as queries:
        act().raise_refused()
    return len(queries) + counter.copies


def test_two_cost_as_much_as_two_thousand(
    mia: Any, dan: Any, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = CountingCopies(monkeypatch)
    all_of_them = uris(4_002)
    few, many = all_of_them[:2], all_of_them[2:2002]
    for act in (
        lambda epcs: goods.commission(mia, epcs),
        lambda epcs: goods.ship(mia, epcs, dan),
        lambda epcs: goods.receive(dan, epcs, mia),
    ):
        assert statements(counter, lambda: act(few)) == statements(counter, lambda: act(many))  # noqa: B023
    packing = [
        statements(counter, lambda: goods.pack(dan, case, epcs))  # noqa: B023
        for case, epcs in ((CASE, few), (CASE_2, many[:1999]))
    ]
    assert packing[0] == packing[1]
