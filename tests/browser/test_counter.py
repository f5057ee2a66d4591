"""Petra's counter, by keyboard alone: scan, Enter, next; a recalled pack stops it until she says what she did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.safety.models import Explanation
from tests.browser.pictures import keep
from tests.browser.wedge import GS, wedge
from tests.custody.goods import GTIN, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


def code(serial: str, lot: str = "L1") -> str:
    return f"]d201{GTIN}17271031" + f"10{lot}{GS}21{serial}"


@pytest.fixture
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, sign_in: Any,
    mia: Any, petra: Any, goods: Any,
) -> Iterator[Page]:  # fmt: skip
    goods.commission(mia, uris(4))
    goods.move(uris(4), mia, petra)
    context = browser.new_context(
        base_url=live_server.url,
        color_scheme=getattr(request, "param", "light"),
        reduced_motion="reduce",
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("request", lambda asked: visits.append(asked.url) if asked.is_navigation_request() else None)  # fmt: skip
    visits: list[str] = []
    page.visits = visits  # type: ignore[attr-defined]
    page.scheme = getattr(request, "param", "light")  # type: ignore[attr-defined]
    sign_in(page, "petra")
    page.goto("/dispense/")
    yield page
    assert broken == []
    context.close()


def looked_at(page: Page, name: str) -> None:
    """Kept as a picture where that is asked for, and nothing in it for axe to find."""
    keep(page, f"counter {name}", page.scheme)  # type: ignore[attr-defined]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []


def verdict(page: Page, word: str) -> None:
    expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_a_queue_of_patients_without_touching_the_mouse(page: Page, batch: Any, goods: Any) -> None:
    box = page.get_by_label("Scan the pack")
    expect(box).to_be_focused()
    looked_at(page, "empty")
    wedge(page, code("S0"))
    verdict(page, "May be dispensed")
    expect(box).to_be_focused()
    looked_at(page, "ready")
    press_enter_like_a_person(page)
    verdict(page, "Dispensed")
    expect(page.get_by_role("region", name="Dispensed today")).to_contain_text("S0")
    expect(box).to_be_focused()
    assert package(uri("S0")).status == "supplied"
    looked_at(page, "dispensed")

    # The next one belongs to a batch that was recalled a minute ago.
    batch.recalled_at = goods.now
    batch.save()
    wedge(page, code("S1"))
    verdict(page, "Stop")
    expect(page.get_by_role("alert")).to_contain_text("Put it with the recalled goods")
    expect(page.get_by_label("Put apart, in quarantine")).to_be_focused()
    looked_at(page, "stopped")
    batch.recalled_at = None
    batch.save()
    wedge(page, code("S2"))  # from wherever the focus is
    expect(page.get_by_role("alert")).to_contain_text("was not checked")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Called Mia", delay=60)
    page.keyboard.press("Enter")
    verdict(page, "Noted")
    expect(box).to_be_focused()
    explained = Explanation.objects.get()
    assert (explained.reason, explained.note) == ("told_maker", "Called Mia")

    wedge(page, code("S2", lot="OTHER"))
    verdict(page, "Stop")
    expect(page.get_by_role("row", name="Lot")).to_contain_text("differs")
    expect(page.get_by_role("region", name="Open alerts")).to_contain_text("another label")
    looked_at(page, "differs")
    page.get_by_label("Scanned twice by mistake").press("Space")
    page.keyboard.press("Enter")
    verdict(page, "Noted")
    assert len(page.visits) == 1, "the page was never left"  # type: ignore[attr-defined]


def press_enter_like_a_person(page: Page) -> None:
    """Half a second after the verdict at the earliest: an Enter before that is the scanner's second one."""
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 550))")
    page.keyboard.press("Enter")


def test_two_enters_of_a_scanner_dispense_nothing(page: Page) -> None:
    wedge(page, code("S0"))
    verdict(page, "May be dispensed")
    page.keyboard.press("Enter")
    wedge(page, code("S1"))
    expect(page.locator("#verdict")).to_contain_text("S1")
    assert package(uri("S0")).status == "active"
    press_enter_like_a_person(page)
    verdict(page, "Dispensed")
    assert (package(uri("S0")).status, package(uri("S1")).status) == ("active", "supplied")


def test_without_the_server_nothing_is_said_to_be_in_order(page: Page) -> None:
    page.route("**/dispense/", lambda route: route.abort())
    wedge(page, code("S0"))
    expect(page.locator("[data-scan-word]")).to_have_text("The server did not answer. Nothing was recorded. Scan again.")  # fmt: skip
    expect(page.locator("[data-scan-word]")).to_be_visible()
    page.unroute("**/dispense/")
    wedge(page, code("S0"))
    verdict(page, "May be dispensed")
