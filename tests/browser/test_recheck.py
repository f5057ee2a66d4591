"""The public page re-checks its own proof in the browser: its bytes, not what the page shows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from apps.anchors.services import sweep
from apps.ledger.services import open_log, seal
from tests.browser.pictures import keep
from tests.browser.test_evidence_in_the_browser import NO_WEBCRYPTO
from tests.custody.goods import Goods, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pack(mia: Any, petra: Any, goods: Goods) -> str:
    """A pack that went from Mia to Petra, sealed and anchored. Its address."""
    goods.now = timezone.now() - timedelta(hours=1)
    goods.commission(mia, uris(3)).raise_refused()
    goods.move(uris(3), mia, petra)
    open_log(at=goods.now)
    while seal(at=goods.now) is not None:
        pass
    sweep(at=goods.now)
    return f"/{package(uri('S0')).path}"


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    yield page
    assert broken == []
    context.close()


def recheck(page: Page) -> str:
    page.get_by_role("button", name="Check the proof in this browser").click()
    word = page.locator("[data-answer] .verdict__word")
    expect(word).to_be_visible(timeout=20_000)
    return word.inner_text()


def test_a_proof_is_checked_where_it_is_read(page: Page, pack: str) -> None:
    page.goto(pack)
    assert recheck(page) == "Nothing is wrong with this proof"
    answer = page.locator("[data-answer]")
    expect(answer.locator("dl.facts")).to_contain_text("L1")
    steps = answer.locator(".steps > li")
    expect(steps.first).to_be_hidden()  # collapsed, for a patient
    answer.get_by_text("Step by step").click()
    expect(steps.first).to_be_visible()
    assert answer.locator("[data-outcome=fails]").count() == 0
    answer.get_by_text("What is not proven").click()
    expect(answer).to_contain_text("a copied code looks like the original")


def test_it_is_told_in_the_language_of_the_page(page: Page, pack: str) -> None:
    page.goto(f"{pack}?lang=de")
    page.get_by_role("button", name="Den Beweis in diesem Browser prüfen").click()
    answer = page.locator("[data-answer]")
    expect(answer.locator(".verdict__word")).to_have_text("An diesem Beweis ist nichts falsch")
    answer.get_by_text("Schritt für Schritt").click()
    expect(answer.get_by_text("Signaturen der Unternehmen")).to_be_visible()
    assert answer.locator(".steps details > ul span[lang=en]").count() > 5


def test_the_authority_sees_every_step_at_once(
    page: Page, pack: str, rosa: Any, sign_in: Any
) -> None:
    sign_in(page, "rosa")
    page.goto(pack)
    recheck(page)
    steps = page.locator("[data-answer] .steps > li")
    expect(steps.first).to_be_visible()
    expect(steps.filter(has_text="Signatures of the companies")).to_have_attribute(
        "data-outcome", "holds"
    )


@pytest.mark.parametrize("shown", ["lot", "expiry", "product"])
def test_a_page_that_shows_something_else_is_caught(page: Page, pack: str, shown: str) -> None:
    page.goto(pack)
    page.evaluate(
        """(name) => {
          const shown = document.querySelector(`[data-proven=${name}]`);
          shown.textContent = "FORGED";
          if (shown.dataset.value) shown.dataset.value = "2099-01-01";
        }""",
        shown,
    )
    assert recheck(page) == "The page says something else than the proof"


def test_the_proof_of_another_pack_is_caught(page: Page, pack: str) -> None:
    page.goto(pack)
    page.evaluate(
        """() => {
          const {dataset} = document.querySelector("[data-recheck]");
          dataset.recheck = dataset.recheck.replace("/21/S0", "/21/S1");
        }"""
    )
    assert recheck(page) == "The page says something else than the proof"


def test_an_altered_bundle_is_caught(page: Page, pack: str) -> None:
    def altered(route: Route) -> None:
        response = route.fetch()
        document = json.loads(response.body())
        for fact in document["events"][0]["facts"]:
            if fact["name"] == "lot":
                fact["value"] = "L2"
        route.fulfill(response=response, body=json.dumps(document))

    page.route("**/verify/evidence/**", altered)
    page.goto(pack)
    assert recheck(page) == "This proof does not hold"


def test_without_webcrypto_nothing_is_green(page: Page, pack: str) -> None:
    page.add_init_script(NO_WEBCRYPTO)
    page.goto(pack)
    assert recheck(page) == "Not checked to the end"
    assert page.locator("[data-answer] .verdict--good").count() == 0


def test_without_scripts_the_page_says_how_else(
    browser: Browser, live_server: Any, pack: str
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto(pack)
    expect(page.get_by_role("button", name="Check the proof in this browser")).to_be_hidden()
    expect(page.get_by_role("link", name="Download the evidence")).to_be_visible()
    expect(page.get_by_text("python -m pharmatrace.kernel verify")).to_be_visible()
    context.close()


def test_the_page_is_light(browser: Browser, live_server: Any, pack: str) -> None:
    """What a stranger's phone loads with the page, as production sends it (files compressed, pages not): under
    50 kB. The verifier comes only when it is asked for."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    bodies: dict[str, bytes] = {}
    page.on("response", lambda response: bodies.__setitem__(response.url, response.body()))
    page.goto(pack)
    page.wait_for_load_state("networkidle")
    context.close()
    assert not [url for url in bodies if "/evidence/" in url]
    sent = {
        url: len(gzip.compress(body)) if "/static/" in url else len(body)
        for url, body in bodies.items()
    }
    assert len(sent) > 5
    assert sum(sent.values()) < 50_000, sent


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everybody(browser: Browser, live_server: Any, pack: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, base_url=live_server.url)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(pack)
    recheck(page)
    for details in page.locator("details").all():
        details.evaluate("(node) => { node.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    found = [
        (v["id"], [n["html"][:100] for n in v["nodes"]])
        for v in Axe().run(page).response["violations"]
    ]
    keep(page, "rechecked", scheme)
    context.close()
    assert found == []
