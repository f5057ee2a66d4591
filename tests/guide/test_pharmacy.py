"""docs/guide/pharmacy.md, walked step by step in a browser. Each name that is pressed or looked for stands there in bold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.catalog.models import Batch
from apps.safety.models import Recall
from apps.safety.services import recall
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from tests.browser.test_counter import code, press_enter_like_a_person
from tests.browser.wedge import wedge
from tests.custody.goods import batch_of, package, uri, uris
from tests.guide.steps import by_key, choose_in_menu

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "pharmacy.md"


class Guide:
    """The page. `b(name)` is a name that must stand in it in bold; in the end all of them were used."""

    def __init__(self) -> None:
        text = " ".join(GUIDE.read_text().split())
        self.bold = set(re.findall(r"\*\*(.+?)\*\*", text)) - {"bold"}
        self.used: set[str] = set()

    def b(self, name: str) -> str:
        assert name in self.bold, f"the guide does not say {name!r}"
        self.used.add(name)
        return name


@pytest.fixture
def guide() -> Iterator[Guide]:
    guide = Guide()
    yield guide
    assert guide.used == guide.bold, "the guide names what nobody pressed"


@pytest.fixture
def page(browser: Browser, live_server: Any, sign_in: Any, petra: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page, "petra")
    page.goto("/")
    yield page
    context.close()


@pytest.fixture
def shelf(mia: Any, petra: Any, goods: Any) -> None:
    """S0 to S2 are in order; R0 belongs to a batch that was recalled; a delivery is on its way."""
    other = batch_of(mia, lot="R1")
    recalled = [uri("R0")]
    goods.commission(mia, uris(4))
    goods.commission(mia, recalled, lot="R1")
    goods.move([*uris(3), *recalled], mia, petra)
    goods.ship(mia, uris(4)[3:], petra)
    stop(mia, other, at=goods.now)


def stop(mia: Any, batch: Batch, *, at: Any) -> None:
    recall(
        actor=mia.actor, user=mia.user, batch=batch, severity=Recall.Severity.CLASS_3,
        reason="The leaflet lacks a warning.", instruction="Send them back.", at=at,
    )  # fmt: skip


@pytest.fixture
def other(browser: Browser, live_server: Any, sign_in: Any, page: Page) -> Iterator[Page]:
    """Petra's counter on another device."""
    context = browser.new_context(base_url=live_server.url)
    other = context.new_page()
    sign_in(other, "petra")
    other.goto("/dispense/")
    yield other
    context.close()


def test_the_day_of_a_pharmacist(page: Page, other: Page, guide: Guide, shelf: None) -> None:
    b = guide.b

    def press(name: str) -> None:
        by_key(page.get_by_role("main").get_by_role("button", name=b(name)).first)

    def headed(name: str) -> None:
        expect(page.get_by_role("heading", name=b(name), exact=True).first).to_be_visible()

    # 1. Check the scanner, once
    choose_in_menu(page, b("Scanner check"), b("Set up"))
    headed("The reference code")
    wedge(page, "]d1" + REFERENCE.rstrip("\r"))
    page.get_by_label(b("What is this scanner called?")).fill("Counter 1")
    press("Keep this scanner")
    expect(page.get_by_text("This device has the scanner “Counter 1”")).to_be_visible()
    wedge(page, code("S0"))
    headed("Read without a fault")

    # 2. Dispense
    choose_in_menu(page, b("Dispense"))
    expect(page.get_by_label("Scan the pack")).to_be_focused()
    wedge(page, code("S0"))
    headed("May be dispensed")
    expect(page.get_by_role("button", name="Dispense")).to_be_visible()
    press_enter_like_a_person(page)
    headed("Dispensed")
    expect(page.get_by_role("region", name=b("Dispensed today"))).to_contain_text("S0")
    for tool in ("Camera", "No sound"):
        expect(page.get_by_role("button", name=b(tool))).to_be_visible()
    expect(page.get_by_text(b("Photo"))).to_be_visible()

    # 3. When the counter stops
    wedge(page, code("R0", lot="R1"))
    headed("Stop")
    page.get_by_label(b("Put apart, in quarantine")).press("Space")
    press("Done, go on")
    by_key(page.get_by_role("link", name=b("Record the quarantine of that pack")))
    page.get_by_label("Why").select_option(label=b("Recalled"))
    press("Begin to scan")
    by_key(page.get_by_role("link", name=b("Review and sign")))
    press("Put them in quarantine")
    expect(page.locator(".verdict")).to_contain_text("in quarantine")
    assert package(uri("R0")).status == "locked"

    # 4. When the label differs
    choose_in_menu(page, "Dispense")
    wedge(page, code("S1", lot="X0000"))
    headed("Stop")
    expect(page.get_by_role("table", name=b("Label and record"))).to_contain_text("differs")
    by_key(page.get_by_label(b("Maker or supplier told")))
    press("Done, go on")
    expect(page.get_by_text("Scan the next pack.").last).to_be_visible()
    wedge(page, code("S2", lot="X0000"))
    headed("Stop")
    waiting = other.get_by_role("region", name=b("Packs that wait for an answer"))
    other.reload()
    expect(waiting.get_by_role("link", name=b("Answer for it"))).to_be_visible()
    wedge(page, code("S2"))
    expect(page.get_by_text("now label and record agree")).to_be_visible()
    misread = page.get_by_label(b("Misread: scanned again, label and record agree"))
    expect(misread).to_be_checked()
    press("Done, go on")
    expect(page.get_by_text("Scan the next pack.").last).to_be_visible()
    other.reload()
    expect(waiting).to_be_hidden()

    # 5. Undo
    by_key(page.get_by_role("region", name="Dispensed today").get_by_role("link", name=b("Undo")))
    headed("The window")
    by_key(page.get_by_label(b("The wrong pack was scanned")))
    press("Undo dispensing")
    expect(page.get_by_text("on your shelf again")).to_be_visible()
    assert package(uri("S0")).status == "active"

    # 6. Look around
    choose_in_menu(page, b("Alerts"))
    before = page.get_by_role("button", name=re.compile("^Close")).count()
    press("Close")
    expect(page.get_by_role("button", name=re.compile("^Close"))).to_have_count(before - 1)
    choose_in_menu(page, b("Refused scans"), b("Look back"))
    expect(page.get_by_role("main")).to_contain_text("Put apart, in quarantine")
    choose_in_menu(page, b("Incoming"))
    expect(page.get_by_role("main")).to_contain_text("D1")
    choose_in_menu(page, b("Stock"))
    expect(page.get_by_role("main")).to_contain_text("S2")
