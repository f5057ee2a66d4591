"""docs/guide/distributor.md, step by step, with the demo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from pharmatrace.demo.fill import fill
from pharmatrace.demo.scale import Scale
from tests.guide.steps import by_key, choose_in_menu

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "only for the guide"


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    now = timezone.now() - timedelta(minutes=1)
    fill(scale=Scale(divisor=1_000, case=8, pallet=4), password=PASSWORD, clock=lambda: now)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    yield page
    context.close()


def scan(page: Page, label: str) -> None:
    expect(page.locator("[data-scan-tools]")).to_be_visible()
    page.get_by_label("Scan the next package").fill(label)
    by_key(page.get_by_role("button", name="Add", exact=True))


def choose(page: Page, name: str) -> None:
    choose_in_menu(page, name)


def press(page: Page, name: str) -> None:
    by_key(page.get_by_role("main").get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    by_key(page.get_by_role("main").get_by_role("link", name=name, exact=True))


def test_a_day_at_the_warehouse(page: Page) -> None:
    page.goto("/")
    by_key(page.get_by_role("banner").get_by_role("link", name="Sign in"))
    page.get_by_label("E-mail").fill("dan@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")

    choose(page, "Incoming")
    follow(page, "DA-IBERIA-7")
    expect(page.get_by_text("2 packages expected")).to_be_visible()
    first = page.locator("tbody .code").first.inner_text()
    press(page, "Receive by scanning")
    scan(page, first)
    expect(page.locator(".scanned--good")).to_have_count(1)
    words = page.locator("[data-progress-words]")
    expect(words).to_have_text(re.compile(r"^\d+ of \d+ packs, \d+ missing$"))
    scan(page, first)
    expect(page.locator(".scanned--repeat")).to_contain_text("Again")
    follow(page, "Review and sign")
    expect(page.get_by_role("heading", name="Missing")).to_be_visible()
    press(page, "Sign the receipt")
    expect(page.locator(".verdict")).to_contain_text("1 package received")

    choose(page, "Overdue")
    expect(page.get_by_role("main")).to_contain_text("8 days")
    follow(page, "RET-CASTELO-2")
    press(page, "Everything arrived as listed")
    by_key(page.get_by_text("Something is damaged or not wanted"))
    page.get_by_role("combobox").first.select_option("Damaged")
    by_key(page.get_by_role("button", name="Save").first)
    expect(page.get_by_role("main")).to_contain_text("Not accepted: Damaged")
    press(page, "Sign the receipt")
    expect(page.locator(".verdict")).to_contain_text("1 package received, 1 refused")

    choose(page, "Orders")
    follow(page, "PO-RIBEIRA-12")
    follow(page, "Ship by scanning")
    press(page, "Begin to scan")
    scan(page, first)
    expect(page.locator("#picks")).to_contain_text("Complete")
    follow(page, "Review and sign")
    press(page, "Sign the shipment")
    expect(page.locator(".verdict")).to_contain_text("1 package on their way")
    choose(page, "Orders")
    expect(page.get_by_role("row", name=re.compile("PO-RIBEIRA-12"))).to_contain_text("Done")

    choose(page, "Quarantine")
    expect(page.get_by_role("row", name=re.compile("Damaged"))).to_have_count(2)
    by_key(page.locator("tbody input[type=checkbox]").first)
    press(page, "Take the chosen out")
    press(page, "Begin to scan")
    follow(page, "Review and sign")
    press(page, "Take them out")
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()

    choose(page, "Inventory")
    expect(page.get_by_text("expire within 90 days")).to_be_visible()
    follow(page, "Count the shelf")
    press(page, "Begin to scan")
    expect(page.get_by_role("heading", name="Count")).to_be_visible()
