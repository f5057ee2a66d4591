"""The packing line in a browser: scans go off one after the other, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.custody.goods import uri, uris
from tests.desk.pages import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_scan_that_the_server_could_not_take_is_sent_again(
    browser: Browser, live_server: Any, sign_in: Any, mia: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(2))
    line = Desk(mia).fill_in("line-start", batch=batch.pk, size=5, label="zpl")["Location"]
    page = browser.new_page(base_url=live_server.url)
    sign_in(page, "mia")
    page.goto(line)
    page.keyboard.insert_text(uri("S0"))
    page.keyboard.press("Enter")
    counted = page.locator(".line-count")
    expect(counted).to_contain_text("1 of 5")

    def starting_again(route: Route) -> None:
        route.fulfill(status=502) if route.request.method == "POST" else route.continue_()

    page.route(f"**{line}", starting_again)
    page.keyboard.insert_text(uri("S1"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan-word]")).to_have_text("Not sent yet; it is tried again.")
    page.unroute(f"**{line}")
    expect(counted).to_contain_text("2 of 5", timeout=10_000)
    page.close()
