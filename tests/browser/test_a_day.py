"""One batch's day, played in a browser: made, shipped, received with one missing, dispensed, looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.custody.models import Package
from apps.jobs.services import run_one_step
from tests.browser.test_counter import press_enter_like_a_person
from tests.cast import PASSWORD
from tests.custody.goods import GTIN, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page_of(browser: Browser, live_server: Any, sign_in: Any) -> Any:
    """A browser window of somebody; each person has their own, and scripts that fail fail the test."""
    contexts = []

    def opened(name: str) -> Page:
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", lambda said: _no_policy_was_broken(said.text))
        sign_in(page, name)
        return page

    yield opened
    for context in contexts:
        context.close()


def _no_policy_was_broken(said: str) -> None:
    assert "Content Security Policy" not in said, said


def test_mia_signs_in_with_her_password(browser: Browser, live_server: Any, mia: Any) -> None:
    page = browser.new_page(base_url=live_server.url)
    page.goto("/stock/")
    page.get_by_label("E-mail").fill("mia@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Stock")).to_be_visible()
    page.close()


def test_mia_registers_a_batch_and_watches_its_packs_get_serials(mia: Any, page_of: Any) -> None:
    page = page_of("mia")
    page.goto("/products/new/")
    page.get_by_label("GTIN").fill(GTIN)
    page.get_by_label("Name", exact=True).fill("Examplin")
    page.get_by_label("Market").fill("PT")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("link", name="Register a batch").click()
    page.get_by_label("Lot").fill("L1")
    page.get_by_label("Expiry").fill("2027-10")
    page.get_by_label("Packs in the batch").fill("20")
    page.get_by_role("button", name="Go on to the serial numbers").click()
    page.get_by_role("button", name="Go on to the preview").click()
    page.get_by_role("button", name="Commission 20 packs").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    while run_one_step(at=timezone.now()):
        pass
    expect(bar).to_have_attribute("value", "20")  # htmx asked again; nobody pressed anything
    expect(page.get_by_text("20 of 20")).to_be_visible()
    assert Package.objects.count() == 20


def test_mia_ships_and_dan_receives_with_one_missing(
    mia: Any, dan: Any, goods: Any, page_of: Any
) -> None:
    goods.commission(mia, uris(3))
    page = page_of("mia")
    page.goto("/stock/")
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Ship the chosen").click()
    page.get_by_label("To", exact=True).select_option(label="Dan Distributes")
    page.get_by_label("Delivery number").fill("DN-1")
    page.get_by_role("button", name="Begin to scan").click()
    page.get_by_role("link", name="Review and sign").click()
    page.get_by_role("button", name="Sign the shipment").click()
    expect(page.locator(".verdict")).to_contain_text("3 packages on their way")

    page = page_of("dan")
    page.goto("/incoming/")
    page.get_by_role("link", name="DN-1").click()
    page.get_by_role("button", name="Receive by scanning").click()
    page.get_by_text("Add many codes at once").click()
    page.get_by_label("One code per line").fill("\n".join(uris(2)))
    page.get_by_role("button", name="Add them").click()
    expect(page.locator("#progress-words")).to_have_text("2 of 3 packs, 1 missing")
    page.get_by_role("link", name="Review and sign").click()
    expect(page.get_by_text(f"(01) {GTIN} (21) S2")).to_be_visible()
    page.get_by_role("button", name="Sign the receipt").click()
    expect(page.locator(".verdict")).to_contain_text("2 packages received")
    assert package(uri("S1")).custodian_id == dan.organisation.pk
    assert package(uri("S2")).status == "in_transit"


def test_petra_dispenses_by_keyboard_and_is_stopped_at_the_second_attempt(
    mia: Any, petra: Any, goods: Any, page_of: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    page = page_of("petra")
    page.goto("/dispense/")
    page.keyboard.type(uri("S0"))  # the box has the focus, as a scanner expects
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="May be dispensed")).to_be_visible()
    press_enter_like_a_person(page)  # in the empty box it is the button
    expect(page.get_by_role("heading", name="Dispensed", exact=True)).to_be_visible()
    page.keyboard.type(uri("S0"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Stop")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("was already dispensed")


def test_rosa_finds_a_pack_and_reads_its_story(
    mia: Any, dan: Any, rosa: Any, goods: Any, page_of: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, dan)
    page = page_of("rosa")
    page.goto("/packages/")
    page.keyboard.type(uri("S0"))
    page.keyboard.press("Enter")
    story = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=3))
    expect(story).to_have_count(3)
    expect(story.last).to_contain_text("Received")
    expect(story.last).to_contain_text("Signed by Dan Distributes")


def test_the_menu_opens_without_scripts(
    browser: Browser, live_server: Any, mia: Any, sign_in: Any
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, base_url=live_server.url
    )
    page = context.new_page()
    sign_in(page, "mia")
    page.goto("/")
    expect(page.get_by_role("link", name="Stock", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation").get_by_text("Goods").click()
    page.get_by_role("navigation").get_by_role("link", name="Stock").click()
    expect(page.get_by_role("heading", name="Stock")).to_be_visible()
    context.close()


def test_stan_checks_a_pack_with_scripts_off_on_a_small_phone(
    browser: Browser, live_server: Any, mia: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, base_url=live_server.url
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("The code on the pack").fill(uri("S0"))
    page.get_by_role("button", name="Check this pack").click()
    expect(page).to_have_url(re.compile("/verify/|/01/"))
    expect(page.locator(".verdict")).to_contain_text("In order")
    assert "Mia" in page.get_by_role("main").inner_text()
    context.close()
