"""The saved page: opened from the disk, it checks files that are dropped or chosen, and asks nobody anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.verify.offline import offline_page
from tests.browser.evidence_pages import BUNDLES
from tests.browser.pictures import keep
from tests.language.said import said

GOOD = (BUNDLES / "good-regulator.json").read_bytes()
VKEY = json.loads(GOOD)["log"]["vkey"]
BROKEN = BUNDLES / "broken-altered-fact-value.json"
DROP = """(text) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "dropped.json", {type: "application/json"}));
  return carried;
}"""


@pytest.fixture
def saved(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, saved and opened as a file, in a browser that prefers the language of the fixture's parameter, if it has one;
    whatever it asks for but itself fails the test."""
    file = tmp_path / "check.html"
    file.write_bytes(offline_page().html)
    page = browser.new_page(locale=getattr(request, "param", "en-GB"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"a script failed: {error}"))
    page.on("console", lambda said: asked.append(said.text) if said.type == "error" else None)
    page.goto(file.as_uri())
    yield page
    assert set(asked) == {file.as_uri()}
    page.close()


def drop(page: Page, text: str) -> None:
    carried = page.evaluate_handle(DROP, text)
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("body", kind, {"dataTransfer": carried})


def spoken(page: Page, language: str) -> set[str]:
    """What is said on the page, but for the names of languages and what says itself to be in another one."""
    return {one for one in said(page.content(), language) if not one.startswith("PharmaTrace")}


def word(page: Page) -> str:
    expect(page.locator(".verdict__word")).to_be_visible()
    return page.locator(".verdict__word").inner_text()


def test_a_dropped_file_is_checked_and_is_green_only_with_the_readers_key(saved: Page) -> None:
    drop(saved, GOOD.decode())
    assert word(saved) == "Nothing is wrong with this proof"
    expect(saved.locator(".verdict--good")).to_have_count(0)
    saved.get_by_label("The key of the log").fill(VKEY)
    saved.get_by_label("The key of the log").blur()
    expect(saved.locator(".verdict--good .verdict__word")).to_have_text("This proof holds")
    expect(saved.locator("dl.facts")).to_contain_text("LOT-7")
    expect(saved.locator(".steps > li[data-outcome=holds]")).to_have_count(9)


def test_a_chosen_file_that_is_broken_is_red(saved: Page) -> None:
    saved.get_by_label("Evidence (a file").set_input_files(BROKEN)
    assert word(saved) == "This proof does not hold"
    expect(saved.locator(".steps > li[data-outcome=fails]")).to_contain_text(
        "is not one of this event"
    )


@pytest.mark.parametrize("name", sorted(json.loads((BUNDLES / "doubted.json").read_text())))
def test_what_was_signed_with_a_stolen_key_is_never_green(saved: Page, name: str) -> None:
    saved.get_by_label("The key of the log").fill(VKEY)
    drop(saved, (BUNDLES / f"doubted-{name}.json").read_text())
    assert word(saved) == "Not to be relied on"
    expect(saved.locator(".verdict--good")).to_have_count(0)
    expect(saved.locator(".verdict__mark")).to_have_text("!")
    expect(saved.locator(".verdict")).to_contain_text("reported stolen as of 2023-11-1")
    step = saved.locator('.steps > li[data-outcome="not to be relied on"]')
    expect(step).to_have_count(1)
    expect(step.locator("summary .tag")).to_have_text("! not to be relied on")


def test_what_was_erased_is_said(saved: Page) -> None:
    saved.get_by_label("The key of the log").fill(VKEY)
    drop(saved, (BUNDLES / "good-erased.json").read_text())
    assert word(saved) == "This proof holds"
    expect(saved.locator(".steps > li", has_text="What was erased")).to_contain_text(
        "was erased on 2023-11-15"
    )
    expect(saved.locator("details", has_text="What is not proven").last).to_contain_text(
        "nobody can show it any more"
    )
    expect(saved.locator("dl.facts")).to_contain_text("Erased")


def test_what_an_anchor_says_of_the_time_is_not_checked_here(saved: Page) -> None:
    saved.get_by_label("The key of the log").fill(VKEY)
    drop(saved, (BUNDLES / "good-anchored.json").read_text())
    assert word(saved) == "This proof holds"
    step = saved.locator(".steps > li", has_text="Anchors")
    expect(step).to_have_attribute("data-outcome", "not checked")
    for words in ("time stamp", "Bitcoin block 900000", "on the chain 5"):
        expect(step).to_contain_text(words)


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"format": "other"}', "[" * 100_000])
def test_what_is_no_evidence_is_said_to_be_none(saved: Page, text: str) -> None:
    drop(saved, text)
    assert word(saved) == "This cannot be checked"


def test_a_key_that_is_none_is_said_to_be_none(saved: Page) -> None:
    drop(saved, GOOD.decode())
    saved.get_by_label("The key of the log").fill("nonsense")
    saved.get_by_label("The key of the log").blur()
    expect(saved.locator(".verdict__word")).to_have_text("This cannot be checked")


def test_text_in_a_bundle_is_never_markup(saved: Page) -> None:
    document = json.loads(GOOD)
    document["package"] = "<img src=x onerror=alert(1)>"
    drop(saved, json.dumps(document))
    assert word(saved) == "This proof does not hold"
    expect(saved.locator("dl.facts")).to_contain_text("<img src=x")
    assert saved.locator("img").count() == 0


def test_nothing_is_remembered(saved: Page) -> None:
    saved.get_by_label("The key of the log").fill(VKEY)
    saved.reload()
    assert saved.get_by_label("The key of the log").input_value() == ""
    assert saved.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("saved", "language", "heading", "outcome"),
    [
        ("de-AT", "de", "Beweis prüfen", "An diesem Beweis ist nichts falsch"),
        ("fr", "fr", "Vérifier une preuve", "Rien n’est faux dans cette preuve"),
        ("es-MX", "es", "Comprobar una prueba", "Nada está mal en esta prueba"),
        ("ja", "en", "Check evidence", "Nothing is wrong with this proof"),
    ],
    indirect=["saved"],
)
def test_it_begins_with_the_readers_language(
    saved: Page, language: str, heading: str, outcome: str
) -> None:
    expect(saved.locator("html")).to_have_attribute("lang", language)
    expect(saved.locator("h1")).to_have_text(heading)
    expect(saved).to_have_title(f"{heading} · PharmaTrace")
    drop(saved, GOOD.decode())
    assert word(saved) == outcome
    expect(saved.locator(f"button[lang={language}]")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("saved", ["de"], indirect=True)
def test_another_language_says_the_same_answer_once_more(saved: Page) -> None:
    drop(saved, GOOD.decode())
    assert word(saved) == "An diesem Beweis ist nichts falsch"
    saved.get_by_role("button", name="Français").click()
    assert word(saved) == "Rien n’est faux dans cette preuve"
    expect(saved.locator("html")).to_have_attribute("lang", "fr")
    expect(saved.locator("[data-file]")).to_have_text("dropped.json")
    assert saved.locator(".steps span[lang=en]").count() > 5
    drop(saved, "hello")
    expect(saved.locator(".verdict")).to_contain_text("Cela ne peut pas être lu :")
    assert saved.locator(".verdict span[lang=en]").inner_text()
    saved.get_by_role("button", name="English").click()
    expect(saved.locator(".verdict")).to_contain_text("This cannot be read:")
    expect(saved.locator("h1")).to_have_text("Check evidence")
    assert saved.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_no_english_is_left_on_it(saved: Page, language: str) -> None:
    english = spoken(saved, "en")
    assert len(english) > 20
    saved.locator(f"button[lang={language}]").click()
    drop(saved, GOOD.decode())
    assert word(saved)
    assert english & spoken(saved, language) == set()


def test_a_link_may_ask_for_a_language(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    file.write_bytes(offline_page().html)
    page = browser.new_page(locale="de")
    for asked, heading in (("es", "Comprobar una prueba"), ("xx", "Beweis prüfen")):
        page.goto(f"{file.as_uri()}?lang={asked}")
        expect(page.locator("h1")).to_have_text(heading)
    page.close()


def test_without_scripts_it_is_english(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    file.write_bytes(offline_page().html)
    page = browser.new_page(java_script_enabled=False, locale="de")
    page.goto(file.as_uri())
    expect(page.locator("h1")).to_have_text("Check evidence")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".languages")).to_be_hidden()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everybody(browser: Browser, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "check.html"
    file.write_bytes(offline_page().html)
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 320, "height": 640}, bypass_csp=True,  # axe is put into the page
    )  # fmt: skip
    page = context.new_page()
    page.goto(file.as_uri())
    drop(page, GOOD.decode())
    assert word(page)
    for details in page.locator("details").all():
        details.evaluate("(node) => { node.open = true; }")
    for choice in page.locator(".languages button").all():
        choice.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    found = [
        (v["id"], [n["html"][:100] for n in v["nodes"]])
        for v in Axe().run(page).response["violations"]
    ]
    keep(page, "offline", scheme)
    context.close()
    assert found == []
