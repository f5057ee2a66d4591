"""The scan box takes what a scanner types wherever the focus is, and nothing that a person types elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.wedge import F8, GS, wedge
from tests.custody.goods import GTIN

pytestmark = pytest.mark.django_db(transaction=True)
RAW = f"]d201{GTIN}17271031" + f"10L-1{GS}21AB/12"
# What a page in between would add: something else to type into, and a button that must not be pressed by a scan.
LISTEN = """() => {
  const form = document.querySelector("form[data-scan-box]");
  window.scans = [];
  window.empty = 0;
  form.addEventListener("scan", (event) => { event.preventDefault(); window.scans.push(event.detail);
    document.body.dataset.scans = window.scans.length; });
  form.addEventListener("scan-empty", () => { window.empty += 1; });
  document.querySelector("main").insertAdjacentHTML("beforeend",
    '<label>Reason <input id="reason"></label> <label>Note <textarea id="note"></textarea></label>' +
    '<button id="press" type="button">Press</button>');
  window.pressed = 0;
  document.querySelector("#press").addEventListener("click", () => { window.pressed += 1; });
}"""


@pytest.fixture
def page(browser: Browser, live_server: Any, petra: Any, sign_in: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    sign_in(page, "petra")
    page.goto("/packages/")
    page.evaluate(LISTEN)
    yield page
    assert broken == []
    context.close()


def scans(page: Page) -> list[tuple[str, str]]:
    return [(one["raw"], one["source"]) for one in page.evaluate("window.scans")]


def test_a_burst_reaches_the_box_wherever_the_focus_is(page: Page) -> None:
    box = page.get_by_label("Code of a pack, case or pallet")
    expect(box).to_be_focused()
    wedge(page, RAW)
    page.locator("#press").focus()
    wedge(page, RAW)
    page.evaluate("document.activeElement.blur()")
    wedge(page, RAW, suffix="Tab")
    page.locator("#reason").fill("a broken seal")
    page.locator("#reason").focus()
    wedge(page, RAW)
    page.locator("#note").focus()
    wedge(page, RAW)
    assert scans(page) == [(RAW, "wedge")] * 5
    expect(page.locator("#reason")).to_have_value("a broken seal")
    expect(page.locator("#note")).to_have_value("")
    assert page.evaluate("window.pressed") == 0
    first = page.evaluate("window.scans[0].at")
    assert page.evaluate("(at) => Date.now() - Date.parse(at) < 60000", first)
    assert first[-6] in "+-"


def test_a_scanner_without_a_suffix_is_understood_by_its_silence(page: Page) -> None:
    wedge(page, RAW.replace(GS, ""), suffix="")
    expect(page.locator("body")).to_have_attribute("data-scans", "1")
    assert scans(page) == [(RAW.replace(GS, ""), "wedge")]


def test_what_a_person_types_stays_where_it_is_typed(page: Page) -> None:
    page.locator("#reason").focus()
    page.keyboard.type("the carton is torn", delay=80)
    page.keyboard.press("Enter")
    page.locator("#note").focus()
    page.keyboard.type("torn", delay=5)  # fast, but shorter than any code
    page.keyboard.press("Enter")
    assert scans(page) == []
    expect(page.locator("#reason")).to_have_value("the carton is torn")
    expect(page.locator("#note")).to_have_value("torn\n")
    page.locator("#press").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.pressed") == 1
    page.get_by_label("Code of a pack, case or pallet").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.empty") == 1
    page.keyboard.type("0952", delay=120)
    page.keyboard.press("Enter")
    assert scans(page) == [("0952", "keys")]


def test_a_group_separator_may_come_as_a_key_of_its_own(page: Page) -> None:
    wedge(page, f"]d210L1{GS}21S1", separator=F8)
    assert scans(page) == [(f"]d210L1{GS}21S1", "wedge")]


def test_alt_and_a_number_is_a_group_separator_too(page: Page) -> None:
    page.keyboard.type("]d210L1")
    page.keyboard.down("Alt")
    for digit in "029":
        page.keyboard.press(f"Numpad{digit}")
    page.keyboard.up("Alt")
    expect(page.locator("[data-scan-input]")).to_have_value(f"]d210L1{GS}")
    page.keyboard.type("21S1")
    page.keyboard.press("Enter")
    assert [raw for raw, _ in scans(page)] == [f"]d210L1{GS}21S1"]


def test_pasted_lines_are_scans_one_by_one(page: Page) -> None:
    page.evaluate("navigator.clipboard.writeText('0101\\n0102\\n')")
    page.keyboard.press("Control+V")
    assert scans(page) == [("0101", "paste"), ("0102", "paste")]
    page.locator("#note").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("#note")).to_have_value("0101\n0102\n")
    assert len(scans(page)) == 2


def test_the_focus_comes_back_from_nowhere_and_is_not_taken_from_anything(page: Page) -> None:
    box = page.get_by_label("Code of a pack, case or pallet")
    page.locator("#reason").focus()
    page.locator("h1").click()
    expect(box).to_be_focused()
    page.locator("#press").focus()
    expect(page.locator("#press")).to_be_focused()


SOUNDS = """async () => {
  const tones = [];
  window.AudioContext = class {
    state = "running"; currentTime = 0; destination = {};
    createOscillator() {
      const tone = {frequency: {}, connect: (next) => next, stop() {}};
      tone.start = () => tones.push(`${tone.type} ${tone.frequency.value}`);
      return tone;
    }
    createGain() {
      const set = () => {};
      return {gain: {setValueAtTime: set, linearRampToValueAtTime: set}, connect: (next) => next};
    }
  };
  const shaken = [];
  navigator.vibrate = (pattern) => shaken.push(pattern.join());
  const {tell} = await import("/static/js/scan/outcome.js");
  const heard = {};
  for (const outcome of ["good", "repeat", "stop", "unknown"]) {
    tones.length = 0;
    tell(outcome, `It is ${outcome}`);
    heard[outcome] = tones.join();
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    heard[outcome] += " " + document.querySelector("[data-scan-word]").textContent;
  }
  document.querySelector("[data-scan-mute]").click();
  tones.length = 0;
  tell("stop", "Stop");
  return {heard, shaken, muted: tones.length};
}"""


def test_each_outcome_sounds_shakes_and_reads_differently_and_can_be_muted(page: Page) -> None:
    told = page.evaluate(SOUNDS)
    heard = told["heard"]
    assert len(set(heard.values())) == 4
    assert heard["good"].endswith("It is good")
    assert len(set(told["shaken"])) == 4
    assert told["muted"] == 0
    page.reload()
    expect(page.get_by_role("button", name="No sound")).to_have_attribute("aria-pressed", "true")


def test_without_scripts_it_is_a_field_with_a_button(
    browser: Browser, live_server: Any, petra: Any, sign_in: Any
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, "petra")
    page.goto("/packages/")
    expect(page.get_by_role("button", name="Camera")).to_be_hidden()
    page.get_by_label("Code of a pack, case or pallet").fill("what is this")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="Cannot be read")).to_be_visible()
    context.close()
