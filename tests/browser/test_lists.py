"""Lists have room for what is read first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.custody.goods import uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("wide", [1280, 1600])
def test_the_medicine_on_the_shelf_is_no_column_of_single_words(
    browser: Browser, live_server: Any, sign_in: Any, mia: Any, goods: Any, wide: int
) -> None:
    goods.commission(mia, uris(1))
    mia.site.name = "Warehouse of the Northern Region"
    mia.site.save()
    page = browser.new_page(base_url=live_server.url, viewport={"width": wide, "height": 800})
    sign_in(page, "mia")
    page.goto("/stock/")
    row = page.get_by_role("row", name=re.compile("Examplin"))
    box = row.get_by_role("cell", name=re.compile("Examplin")).bounding_box()
    assert box is not None and box["width"] >= 13 * 16
    page.close()
