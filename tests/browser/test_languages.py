"""The doors and the explorer in each language: on a narrow screen nothing stands out, however long the words are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page

from apps.ledger.services import open_log, seal
from tests.accounts.links import link_for, link_for_pharmacy
from tests.browser import walking
from tests.browser.pictures import keep
from tests.language.said import tongue

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("de", "fr", "es")
OWN = (
    "/account/", "/account/password/change/", "/account/confirm/", "/account/2fa/webauthn/", "/account/2fa/totp/activate/",
)  # fmt: skip


# What reaches beyond the column of the page, also where a card would cut it off; and a door below the name.
CUT_OFF = """() => {
  const edge = document.querySelector("main").getBoundingClientRect().right + 0.5;
  const bar = document.querySelector("body:not(.signed-in) > .top");
  if (bar?.offsetHeight > 70) return [`the bar above is ${bar.offsetHeight} pixels high`];
  return [...document.querySelectorAll("main *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge && !one.closest("svg, .visually-hidden"))
    .map((one) => `cut off: ${one.outerHTML.slice(0, 120)}`);
}"""


def too_wide(page: Page, root: str, addresses: list[str], language: str) -> list[str]:
    found = []
    for address in addresses:
        page.goto(root + tongue(address, language))
        page.wait_for_load_state("networkidle")
        found += [f"{address}: {one}" for one in walking.too_wide(page) + page.evaluate(CUT_OFF)]
        keep(page, f"{language}{address}", "light")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_strangers_read_it_on_a_narrow_screen(
    browser: Browser, live_server: Any, mia: Any, rosa: Any, language: str
) -> None:
    cache.clear()
    open_log(at=timezone.now())
    while (sealed := seal(at=timezone.now())) is not None:
        size = sealed.size
    addresses = [
        "/login/?next=/stock/", "/account/password/reset/", "/account/by-invitation/", "/no/such/page/",
        link_for(mia), link_for_pharmacy(rosa), "/join/none/", "/ledger/", f"/ledger/checkpoint/{size}/",
        "/ledger/entry/1/", f"/ledger/growth/?old={size}&new={size}", "/ledger/?q=hello",
    ]  # fmt: skip
    page = browser.new_page()
    found = too_wide(page, live_server.url, addresses, language)
    page.close()
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_does_whoever_is_signed_in(
    browser: Browser, live_server: Any, mia: Any, sign_in: Callable[[Page, str], None], language: str
) -> None:  # fmt: skip
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, "mia")
    found = too_wide(page, live_server.url, list(OWN), language)
    context.close()
    assert found == []
