"""Passkeys: chosen with an invitation in the place of a password, and asked for after one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from apps.parties.models import User
from tests.accounts.links import NEW, link_for
from tests.browser.passkeys import add_authenticator
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    add_authenticator(page)
    yield page
    context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_out(page: Page) -> None:
    page.locator("button.who").click()
    press(page, "Sign out")


def test_an_invited_person_needs_no_password(page: Page, live_server: Any, mia: Any) -> None:
    cache.clear()
    page.goto(live_server.url + link_for(mia))
    page.get_by_label("Your name").fill("Nora")
    press(page, "Use a passkey")
    expect(page.get_by_text("Welcome to Mia Makes Medicines.")).to_be_visible()
    nora = User.objects.get(email=NEW)
    assert not nora.has_usable_password()
    assert Authenticator.objects.get(user=nora).type == "webauthn"
    sign_out(page)
    page.goto(f"{live_server.url}/login/?next=/stock/")
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("heading", name="Stock")).to_be_visible()
    page.goto(f"{live_server.url}/account/2fa/totp/activate/")
    press(page, "Use your passkey")  # to say once more who it is
    expect(page.get_by_role("heading", name="Codes from an app")).to_be_visible()


def test_after_the_password_the_passkey_is_asked_for(
    page: Page, live_server: Any, mia: Any
) -> None:
    cache.clear()

    def sign_in() -> None:
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("E-mail").fill(mia.user.email)
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Sign in")

    sign_in()
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    press(page, "Make the passkey")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    sign_in()
    expect(page.get_by_role("heading", name="One more thing")).to_be_visible()
    press(page, "Use your passkey")
    expect(page.get_by_role("heading", name="Mia Makes Medicines")).to_be_visible()
