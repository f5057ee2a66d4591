"""The scanner check in a browser: a scanner of another country is taught by one scan, and is read from then on."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pharmatrace.kernel.gs1.reference_code import REFERENCE
from tests.browser.pictures import keep
from tests.browser.test_counter import code
from tests.browser.wedge import wedge

pytestmark = pytest.mark.django_db(transaction=True)
# A scanner set for the United States on a French computer, as far as it matters here: digits need Shift there.
_MOVED = ("1234567890azqwAZQW", "&é\"'(-è_çàqwazQWAZ")
FRENCH = str.maketrans(_MOVED[0] + "&\"'(-_", _MOVED[1] + "134568")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_scanner_is_taught_and_then_read(
    browser: Browser, live_server: Any, petra: Any, sign_in: Any, scheme: Any
) -> None:
    context = browser.new_context(
        base_url=live_server.url, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, "petra")
    page.goto("/scanner/")
    looked_at(page, "fresh", scheme)
    wedge(page, code("Wz-1").translate(FRENCH))
    expect(page.get_by_role("heading", name="Cannot be read")).to_be_visible()
    looked_at(page, "foreign", scheme)
    wedge(page, ("]d1" + REFERENCE.rstrip("\r")).translate(FRENCH))
    expect(page.get_by_text("They differ.")).to_be_visible()
    looked_at(page, "taught", scheme)
    page.get_by_label("What is this scanner called?").fill("Counter 1")
    page.get_by_role("button", name="Keep this scanner").click()
    expect(
        page.get_by_text("This device has the scanner")
    ).to_be_visible()  # nobody scans into a page that goes
    wedge(page, code("Wz-1").translate(FRENCH))
    expect(page.get_by_role("heading", name="Read without a fault")).to_be_visible()
    expect(page.get_by_text("Wz-1", exact=True)).to_be_visible()
    expect(page.get_by_text("Enter, as it should be.")).to_be_visible()
    looked_at(page, "read", scheme)
    context.close()
    assert broken == []


def looked_at(page: Page, name: str, scheme: str) -> None:
    keep(page, f"scanner {name}", scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    found = [(v["id"], [n["html"][:90] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]  # fmt: skip
    assert found == []
