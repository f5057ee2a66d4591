"""Forged pages: what the page checks itself, and where only the saved page and a key from elsewhere help.

A page that shows other facts than its proof, the proof of another pack, and altered bytes are in `test_recheck.py`.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from apps.ledger.selectors import log_verifier
from tests.browser.evidence_pages import BUNDLES
from tests.browser.test_offline_page import GOOD, drop, saved, word  # noqa: F401  (a fixture)
from tests.browser.test_recheck import pack, page, recheck  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = json.loads(GOOD)
AGREE = """(about) => {
  document.querySelector("[data-recheck]").dataset.subject = about.package;
  for (const shown of document.querySelectorAll("[data-proven]")) {
    const said = about.facts[shown.dataset.proven];
    if (said) shown.textContent = said.replace("https://id.gs1.org/01/", "");
    if (shown.dataset.value) shown.dataset.value = said;
  }
}"""


def proof_instead(page: Page, file: bytes) -> None:  # noqa: F811
    """The server gives this file for every proof."""

    def answer(route: Route) -> None:
        route.fulfill(body=file, content_type="application/vnd.pharmatrace.evidence+json")

    page.route("**/verify/evidence/**", answer)


def test_a_page_and_a_proof_that_agree_in_a_lie_are_caught_by_the_saved_page(
    page: Page,  # noqa: F811
    pack: str,  # noqa: F811
    saved: Page,  # noqa: F811
) -> None:
    """The forger has a whole log of his own, and a page that says what it says. The page's own check finds nothing
    wrong, is not green, and names the key; whoever has the true log's key and the saved page sees it."""
    proof_instead(page, GOOD)
    page.goto(pack)
    facts = {fact["name"]: fact["value"] for fact in DOCUMENT["events"][0]["facts"]}
    page.evaluate(AGREE, {"package": DOCUMENT["package"], "facts": facts})
    assert recheck(page) == "Nothing is wrong with this proof"
    expect(page.locator("[data-answer] .verdict--good")).to_have_count(0)
    expect(page.locator("[data-answer]")).to_contain_text(DOCUMENT["log"]["vkey"])

    saved.get_by_label("The key of the log").fill(log_verifier().vkey())
    drop(saved, GOOD.decode())
    assert word(saved) == "This proof does not hold"
    expect(saved.locator(".steps > li[data-outcome=fails]").first).to_contain_text(
        "another key than yours"
    )


@pytest.mark.parametrize(
    "name", ["altered-fact-value", "checkpoint-by-replaced-key", "middle-of-history-missing"]
)
def test_a_proof_that_was_altered_is_red_in_the_page_and_in_the_saved_one(
    page: Page,  # noqa: F811
    pack: str,  # noqa: F811
    saved: Page,  # noqa: F811
    name: str,
) -> None:
    file = (BUNDLES / f"broken-{name}.json").read_bytes()
    proof_instead(page, file)
    page.goto(pack)
    assert recheck(page) == "This proof does not hold"
    drop(saved, file.decode())
    assert word(saved) == "This proof does not hold"
