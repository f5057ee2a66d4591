"""What pages look like after something was done or went wrong: nothing for axe to find, nothing to scroll sideways
for at 320 pixels, everything reached by Tab. Pages as they open are walked in test_every_page.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import walking
from tests.custody.goods import uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(mia: Any, dan: Any, petra: Any, goods: Any) -> None:
    """Petra has two packs, of which one is dispensed; Dan has none, and a filter of his own."""
    goods.commission(mia, uris(3))
    goods.move(uris(2), mia, petra)
    goods.do("dispense", petra, [uri("S1")])
    for name, query in (("ships", "kind=ship"), ("nothing", "kind=destroy")):
        dan.client.post("/filters/", {"page": "desk:events", "name": name, "query": query})


def scan(code: str) -> Callable[[Page], None]:
    def typed(page: Page) -> None:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_selector(".verdict")

    return typed


def send(name: str) -> Callable[[Page], None]:
    def pressed(page: Page) -> None:
        page.evaluate(
            "for (const form of document.querySelectorAll('main form')) form.noValidate = true"
        )
        page.get_by_role("main").get_by_role("button", name=name).first.click()
        page.wait_for_selector(".notice--stop")

    return pressed


def nothing(page: Page) -> None:
    return None


STATES = [
    ("petra", "/dispense/", scan(uri("S0")), 200),
    ("petra", "/dispense/", scan(uri("S1")), 200),
    ("petra", "/dispense/", scan("no code at all"), 200),
    ("mia", "/products/new/", send("Register"), 200),
    ("mia", "/ship/", send("Begin to scan"), 200),
    ("dan", "/products/", nothing, 403),
    ("dan", "/nothing-here/", nothing, 404),
    ("dan", "/events/?kind=destroy", nothing, 200),
    ("dan", "/events/?since=yesterday", nothing, 200),
    ("dan", "/stock/", nothing, 200),
]


def test_what_was_done_and_what_went_wrong_is_for_everybody(
    browser: Browser, live_server: Any, world: Any, sign_in: Any, settings: Any
) -> None:
    settings.TOUR = "pharmatrace.demo.tour.TOURS"  # the strip of the demo stands above some of them
    found: list[str] = []
    pages: dict[str, Page] = {}
    for who, address, act, status in STATES:
        if who not in pages:
            pages[who] = browser.new_context(reduced_motion="reduce").new_page()
            sign_in(pages[who], who)
        page = pages[who]
        answer = page.goto(live_server.url + address)
        if answer is None or answer.status != status:
            found.append(f"{who} {address}: not {status}")
        act(page)
        faults = walking.too_wide(page) + walking.faults(page) + walking.unreached(page)
        found += [f"{who} {address}: {one}" for one in faults]
    for page in pages.values():
        page.context.close()
    assert found == [], "\n".join(found)
