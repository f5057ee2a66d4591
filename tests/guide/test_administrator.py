"""docs/guide/administrator.md, walked as it is written: an authority on its desk, a new pharmacy on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.parties.models import Organisation
from apps.parties.selectors import licensed
from tests.browser.passkeys import add_authenticator
from tests.browser.reading import looked_at
from tests.cast import PASSWORD
from tests.guide.steps import by_key, choose_in_menu

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 780}
GLN = "9520000007775"
WORDS = "staple battery horse"


def press(page: Page, name: str) -> None:
    by_key(page.get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    by_key(page.get_by_role("link", name=name, exact=True).first)


def confirm(page: Page, password: str) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    looked_at(page)
    page.get_by_label("Password").fill(password)
    press(page, "Go on")


def fresh_link(page: Page) -> str:
    found = re.search(r"/join/\S+", page.locator("#fresh-link").inner_text())
    assert found is not None
    return found[0]


@pytest.fixture
def desk(browser: Browser, live_server: Any, rosa: Any) -> Any:
    cache.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    looked_at(page)
    page.get_by_label("E-mail").fill(rosa.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    yield page
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Any:
    context = browser.new_context(viewport=PHONE, has_touch=True, color_scheme="dark")
    page = context.new_page()
    add_authenticator(page)
    yield page
    context.close()


def test_an_administrators_day(desk: Page, phone: Page, live_server: Any) -> None:
    # An authority asks a pharmacy in (1–3)
    choose_in_menu(desk, "Settings")
    looked_at(desk)
    follow(desk, "Organisations and licences that wait")
    desk.get_by_label("E-mail of whoever").fill("nora@example.org")
    press(desk, "Make the link")
    looked_at(desk)
    link = fresh_link(desk)

    # The pharmacy registers itself, on a phone (4–6)
    phone.goto(live_server.url + link)
    looked_at(phone)
    phone.get_by_label("Name of the organisation").fill("Farmácia Nova")
    phone.get_by_label("Global location number").fill("9520000007779")
    phone.get_by_label("Street and number").fill("Rua Nova 1")
    phone.get_by_label("Postal code").fill("1100-001")
    phone.get_by_label("City").fill("Lisboa")
    phone.get_by_label("Country").select_option("PT")
    phone.get_by_label("Who gave you the licence").fill("INFARMED")
    phone.get_by_label("Number of the licence").fill("F-77")
    press(phone, "Next")
    expect(phone.get_by_text("its last digit should be 5")).to_be_visible()
    looked_at(phone)
    phone.get_by_label("Global location number").fill(GLN)
    press(phone, "Next")
    looked_at(phone)
    phone.get_by_label("What the place is called").fill("Counter")
    press(phone, "Next")
    phone.get_by_label("Your name").fill("Nora")
    phone.get_by_label("A password").fill(WORDS)
    looked_at(phone)
    press(phone, "Register")
    expect(phone.get_by_role("heading", name="Your first steps")).to_be_visible()
    looked_at(phone)
    made = Organisation.objects.get(gln=GLN)

    # The licence waits for the authority (7)
    assert not licensed(made.pk, "dispense", timezone.now().date())
    desk.reload()
    follow(desk, "Farmácia Nova")
    looked_at(desk)
    press(desk, "Grant")
    expect(desk.get_by_text("That is decided.")).to_be_visible()
    assert licensed(made.pk, "dispense", timezone.now().date())

    # People (8)
    press(phone, "Menu")
    choose_in_menu(phone, "Settings")
    looked_at(phone)
    follow(phone, "People and invitations")
    follow(phone, "Invite somebody")
    looked_at(phone)
    phone.get_by_label("E-mail").fill("olga@example.org")
    press(phone, "Make the link")
    assert fresh_link(phone)
    looked_at(phone)

    # Second factors (9–11)
    press(phone, "Menu")
    choose_in_menu(phone, "Your account")
    looked_at(phone)
    follow(phone, "Add a passkey")
    looked_at(phone)
    press(phone, "Make the passkey")
    expect(phone.get_by_role("heading", name="Recovery codes")).to_be_visible()
    looked_at(phone)
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    phone.goto(f"{live_server.url}/settings/people/")
    by_key(phone.get_by_label("Everybody must have one"))
    press(phone, "Set the rule")
    expect(phone.get_by_text("That is the rule from now on.")).to_be_visible()
    by_key(phone.locator("button.who"))
    press(phone, "Sign out")
    phone.goto(f"{live_server.url}/login/")
    looked_at(phone)
    press(phone, "Sign in with a passkey")
    expect(phone.get_by_role("heading", name="Farmácia Nova")).to_be_visible()

    # What was done (12)
    phone.goto(f"{live_server.url}/settings/record/")
    expect(phone.get_by_text("Rule on second factors changed").last).to_be_visible()
    looked_at(phone)
