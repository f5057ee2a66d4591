"""docs/guide/manufacturer.md, walked by Mia."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.custody.models import CustodyEvent, Package
from apps.desk.whereabouts.counting import count_due
from apps.jobs.services import run_one_step
from apps.safety.models import Recall
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from tests.browser.wedge import wedge
from tests.cast import PASSWORD
from tests.custody.goods import GTIN, Goods
from tests.guide.steps import Guide, by_key, choose_in_menu
from tests.labels.printed import pages

PATIENCE = 20_000  # milliseconds: closing a case signs and captures, and the machine may be busy
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser: Browser, live_server: Any, sign_in: Any, mia: Any) -> Any:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    sign_in(page, "mia")
    yield page
    context.close()


def work() -> None:
    while run_one_step(at=timezone.now()):
        pass


def scan(page: Page, code: str) -> None:
    """As a scanner types it, with Enter at the end; wherever the focus is."""
    wedge(page, code)


def test_a_manufacturers_day(page: Page, mia: Any, dan: Any) -> None:
    guide = Guide("manufacturer")

    def press(words: str, role: Literal["button", "link"] = "button") -> None:
        by_key(page.get_by_role("main").get_by_role(role, name=guide.says(words), exact=True).first)

    with guide.step("1. Register a product"):
        page.goto("/")
        choose_in_menu(page, guide.says("Products"))
        press("Register a product", "link")
        page.get_by_label("GTIN").fill(GTIN)
        page.get_by_label("Name", exact=True).fill("Examplin")
        page.get_by_label("Market").fill("PT")
        press("Register")

    with guide.step("2. Register a batch"):
        press("Register a batch", "link")
        page.get_by_label("Lot").fill("L1")
        page.get_by_label("Expiry").fill("2027-10")
        page.get_by_label("Packs in the batch").fill("20")
        press("Go on to the serial numbers")
        expect(page.get_by_role("link", name=guide.says("Change the batch"))).to_be_visible()

    with guide.step("3. Give the packs serial numbers"):
        by_key(page.get_by_text(guide.says("How they look")))
        page.get_by_label("Length").fill("12")
        press("Go on to the preview")
        press("Commission 20 packs")
        page.go_back()
        page.reload()
        expect(page.get_by_role("link", name="How far it is")).to_be_visible()
        by_key(page.get_by_role("link", name="How far it is"))

    with guide.step("4. Watch, or do something else"):
        by_key(page.get_by_role("button", name="Cancel"))
        by_key(page.get_by_role("button", name="Go on"))
        work()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "20")
        press("Print labels", "link")

    packs = [
        ID_STEM + path for path in Package.objects.order_by("path").values_list("path", flat=True)
    ]
    with guide.step("5. Print labels"):
        page.get_by_label("Label stock").select_option(label=guide.says("My own"))
        page.get_by_label("Sheet, width").fill("60")
        page.get_by_label("Sheet, height").fill("30")
        press("Use these settings")
        address = page.get_by_role("link", name="Part 1 as PDF").get_attribute("href")
        pdf = pages(page.request.get(str(address)).body())
        assert ID_STEM + f"01/{GTIN}/21/{pdf[0].readings()[0].serial}" == packs[0]
        assert len(pdf) == 20

    with guide.step("6. Pack at the line"):
        choose_in_menu(page, guide.says("Packing line"))
        page.get_by_label("Batch").select_option(label="Examplin, L1")
        page.get_by_label("Packs in a case").fill("3")
        page.get_by_label("Case label").select_option("none")
        press("Start")
        expect(page.get_by_label("Scan a pack")).to_be_focused()
        for n, code in enumerate(packs[:2], start=1):
            scan(page, code)
            expect(page.locator(".line-count")).to_contain_text(f"{n} of 3", timeout=PATIENCE)
        scan(page, packs[2])
        closed = page.get_by_role("heading", name="Case 1 is closed: 3 packs")
        expect(closed).to_be_visible(timeout=PATIENCE)
        scan(page, packs[0])
        expect(page.locator("#line").get_by_role("alert")).to_be_visible(timeout=PATIENCE)
        scan(page, packs[3])
        expect(page.locator(".line-count")).to_contain_text("1 of 3", timeout=PATIENCE)
        scan(page, packs[4])
        expect(page.locator(".line-count")).to_contain_text("2 of 3", timeout=PATIENCE)
        press("Take a pack off", "link")
        by_key(page.get_by_role("button", name="Take off").first)
        expect(page.locator(".scanned--good")).to_have_count(1)
        page.go_back()
        expect(page.locator(".line-count")).to_contain_text("1 of 3", timeout=PATIENCE)
        press("Close with 1")
        expect(page.get_by_role("status").first).to_contain_text("Case 2 is closed")
        press("Stop the line")
        assert CustodyEvent.objects.filter(kind="pack").count() == 2

    case = Package.objects.filter(level="case").order_by("path").first()
    assert case is not None
    Goods(now=timezone.now()).move([ID_STEM + case.path], mia, dan)
    count_due(at=timezone.now(), seconds=5)
    with guide.step("7. Look where the packs are"):
        page.goto("/batches/")
        by_key(page.get_by_role("link", name="L1", exact=True))
        expect(
            page.get_by_text("3 packs have left the maker, 0 are on their way back.")
        ).to_be_visible()
        press("All packs, by serial", "link")
        page.get_by_label("Serial number").fill(packs[5])
        by_key(page.get_by_role("button", name="Find"))
        expect(page.locator("tbody tr")).to_have_count(1)
        by_key(page.get_by_role("link", name="Examplin, L1"))

    with guide.step("8. Recall a batch"):
        press("Recall", "link")
        page.get_by_label("Reason").fill("Wrong strength.")
        page.get_by_label("What holders must do").fill("Send back.")
        page.get_by_label("The lot, typed again").fill("L1")
        page.get_by_label("Your password").fill(PASSWORD)
        press("Recall this batch")
        expect(page.get_by_role("heading", name="Recall notice")).to_be_visible()
        expect(page.get_by_role("row", name="Dan Distributes")).to_contain_text("not yet")
        assert Recall.objects.count() == 1

    guide.end()
