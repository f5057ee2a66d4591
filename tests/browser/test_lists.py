"""Lists have room for what is read first, and for names that somebody else chose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import walking
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


def test_a_filter_with_a_long_name_and_a_medicine_of_one_endless_word_have_room_on_a_phone(
    browser: Browser, live_server: Any, sign_in: Any, mia: Any, goods: Any, batch: Any
) -> None:
    batch.product.name = "Endless" * 13
    batch.product.save()
    goods.commission(mia, uris(1))
    for page, query in (("desk:stock", "status=active"), ("desk:events", "kind=commission")):
        mia.client.post("/filters/", {"page": page, "name": "x" * 60, "query": query})
    context = browser.new_context(base_url=live_server.url, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, "mia")
    addresses = ("/stock/?status=active", "/events/?kind=commission", "/products/", "/batches/")
    for address in addresses:
        page.goto(address)
        assert walking.too_wide(page) == [], address
    context.close()
