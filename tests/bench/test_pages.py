"""What the measurement of the pages looks for in a page is what pages have."""

from __future__ import annotations

from typing import Any

from apps.desk.paging import SIZE
from pharmatrace.bench import pages
from tests.custody.goods import Goods, batch_of, uris


def test_the_next_page_the_sheets_and_the_icons_are_found(mia: Any) -> None:
    batch_of(mia)
    Goods().commission(mia, uris(SIZE + 1))
    html = mia.client.get("/stock/").content.decode()
    assert pages._NEXT.search(html)
    sheets = pages._SHEET.findall(html)
    assert "/static/css/tokens.css" in sheets
    assert "/static/css/print.css" not in sheets  # no screen waits for it
    assert "/static/js/page.js" in pages._SCRIPT.findall(html)
    assert set(pages._SPRITE.findall(html)) == {"/static/icons/sprite.svg"}


def test_every_list_is_measured_that_has_a_query_budget() -> None:
    import json
    from pathlib import Path

    budget = json.loads((Path(__file__).parents[1] / "query_counts.json").read_text())
    lists = {name.split()[-1] for name in budget if "<" not in name}
    measured = {name.partition("?")[0] for names in pages.LISTS.values() for name in names}
    assert lists <= measured
