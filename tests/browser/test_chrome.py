"""What stands around every page: keys, the list of keys, copy buttons, times, what opens and how it closes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.jobs.services import enqueue
from tests.custody.goods import GTIN, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser: Browser, live_server: Any, mia: Any, goods: Any, sign_in: Any) -> Iterator[Page]:
    """Mia at her desk in Lisbon, with a pack on her shelf."""
    goods.commission(mia, uris(1))
    context = browser.new_context(
        base_url=live_server.url,
        timezone_id="America/New_York",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, "mia")
    page.goto("/")
    yield page
    assert broken == []
    context.close()


def slowly(page: Page, text: str) -> None:
    """As a person types: not at once after the key before."""
    page.wait_for_timeout(120)
    page.keyboard.type(text, delay=120)


def test_keys_lead_where_they_say_and_the_list_names_them(page: Page) -> None:
    slowly(page, "?")
    listed = page.get_by_role("dialog", name="Keys of this page")
    expect(listed).to_be_visible()
    expect(listed.locator("div").filter(has_text="Stock")).to_have_text(
        re.compile(r"g\s+s\s+Stock")
    )
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    slowly(page, "gs")
    expect(page).to_have_url(re.compile("/stock/$"))
    slowly(page, "/")
    expect(page.get_by_role("searchbox", name="Find")).to_be_focused()
    slowly(page, "gh")  # what is typed into a box is text
    expect(page).to_have_url(re.compile("/stock/$"))
    expect(page.get_by_role("searchbox", name="Find")).to_have_value("gh")


def test_a_scanner_presses_no_keys_of_ours(page: Page) -> None:
    page.keyboard.type("gs?/gs/?g", delay=0)
    page.wait_for_timeout(200)
    expect(page).to_have_url(re.compile("[^k]/$"))
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_single_letters_are_switched_off_where_they_are_in_the_way(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("checkbox", name="Single letters do this").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    slowly(page, "gs?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile("[^k]/$"))


def test_an_identifier_is_copied_and_says_so(page: Page) -> None:
    page.goto(f"/packages/{package(uri('S0')).pk}/")
    copy = page.get_by_role("main").get_by_role("button", name="Copy").first
    copy.click()
    expect(copy).to_contain_text("Copied")
    assert GTIN in page.evaluate("navigator.clipboard.readText()")


def test_times_are_the_readers_own_and_utc_where_wanted(page: Page) -> None:
    page.goto("/stock/")
    time = page.get_by_role("main").locator("time").first
    expect(time).to_contain_text("04:00")  # 09:00 UTC in New York
    expect(time).to_contain_text("ago")
    expect(time).to_have_attribute("title", re.compile("09:00 UTC$"))
    page.get_by_role("button", name="Times of America/New_York; show UTC").click()
    expect(time).to_contain_text("09:00 UTC")
    page.reload()
    expect(time).to_contain_text("09:00 UTC")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_bar_that_moves_leaves_the_focus_where_it_is(page: Page, mia: Any) -> None:
    job = enqueue(
        kind="commission", title="Job", owner_id=mia.user.pk, total=9, at=timezone.now(),
        organisation_id=mia.organisation.pk, parameters={},
    )  # fmt: skip
    page.goto(f"/jobs/{job.pk}/")
    page.get_by_role("button", name="Cancel").focus()
    with page.expect_response(re.compile("/progress/")):
        pass
    with page.expect_response(
        re.compile("/progress/")
    ):  # the first answer stands on the page by now
        pass
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()


def test_what_opens_closes_by_escape(page: Page) -> None:
    who = page.get_by_role("button", name="Mia Makes Medicines")
    who.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(who).to_be_focused()
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("link", name="Home", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Home", exact=True)).to_be_hidden()
