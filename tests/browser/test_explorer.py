"""The explorer's pages re-check what they show, and are for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.anchors.services import sweep
from apps.ledger.services import open_log, seal
from tests.browser.pictures import keep
from tests.browser.test_evidence_in_the_browser import NO_WEBCRYPTO
from tests.custody.goods import Goods, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sizes(mia: Any, petra: Any, goods: Goods) -> list[int]:
    """Two checkpoints, with entries between."""
    goods.now = timezone.now() - timedelta(hours=1)
    open_log(at=goods.now)
    found = []
    goods.commission(mia, uris(3)).raise_refused()
    for move in (lambda: None, lambda: goods.move(uris(3), mia, petra)):
        move()
        while (sealed := seal(at=goods.now)) is not None:
            found.append(sealed.size)
        sweep(at=goods.now)
    return found


@pytest.fixture
def addresses(sizes: list[int]) -> list[str]:
    return [
        "/ledger/",
        f"/ledger/checkpoint/{sizes[-1]}/",
        "/ledger/entry/3/",
        f"/ledger/growth/?old={sizes[0]}&new={sizes[-1]}",
        f"/ledger/?q={sizes[0]}",
        "/ledger/?q=hello",
    ]


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    assert broken == []
    context.close()


def test_each_page_checks_its_own_proof(page: Page, addresses: list[str]) -> None:
    for address in addresses[1:4]:
        page.goto(address)
        expect(page.locator("[data-ledger]")).to_have_attribute("data-outcome", "holds")
        expect(page.locator("[data-ledger]")).to_contain_text("Checked in this browser")


def test_it_tells_so_in_the_language_of_the_page(page: Page, addresses: list[str]) -> None:
    for address, words in zip(
        addresses[1:4],
        ("Das Protokoll hat seinen Stand", "Der Eintrag hat die Nummer 3", "der Anfang dessen mit"),
        strict=True,
    ):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang=de")
        expect(page.locator("[data-ledger]")).to_have_attribute("data-outcome", "holds")
        expect(page.locator("[data-ledger]")).to_contain_text("In diesem Browser geprüft")
        expect(page.locator("[data-ledger]")).to_contain_text(words)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, "[data-note]"), (2, "[data-note]"), (2, "[data-entry]"), (2, "[data-path]"), (3, "[data-path]"), (3, "[data-note]")],
)  # fmt: skip
def test_what_is_forged_on_the_page_fails(
    page: Page, addresses: list[str], number: int, shown: str
) -> None:
    """Whoever changes one character of what is shown changes what is checked."""
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
          if (document.readyState !== "interactive") return;
          const shown = document.querySelector("SHOWN");
          const text = shown.textContent;
          shown.textContent = (text[0] === "b" ? "c" : "b") + text.slice(1);
        });""".replace("SHOWN", shown)
    )
    page.goto(addresses[number])
    expect(page.locator("[data-ledger]")).to_have_attribute("data-outcome", "fails")


def test_without_webcrypto_it_says_what_was_not_checked(page: Page, addresses: list[str]) -> None:
    page.add_init_script(NO_WEBCRYPTO)
    page.goto(addresses[3])
    expect(page.locator("[data-ledger]")).to_have_attribute("data-outcome", "not checked")
    expect(page.locator("[data-ledger]")).to_contain_text("cannot check signatures")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everybody(
    browser: Browser, live_server: Any, addresses: list[str], scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme, base_url=live_server.url)  # type: ignore[arg-type]
    page = context.new_page()
    found = []
    for address in addresses:
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for details in page.locator("details").all():
            details.evaluate("(node) => { node.open = true; }")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > 320:
            found.append(f"{address}: {wide} pixels wide at 320")
        page.set_viewport_size({"width": 1280, "height": 800})
        for violation in Axe().run(page).response["violations"]:
            found.append(
                f"{address}: {violation['id']} {[n['html'][:90] for n in violation['nodes']]}"
            )
        keep(page, address, scheme)
    context.close()
    assert found == []
