"""What is looked at on every page: axe in light and dark, nothing to scroll sideways for, everything reached by Tab.

The bar, the menu and the foot are the same on most pages; where they are, Tab starts behind them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}

# Where tables have just become, or are not yet, what they are at the next larger size.
BETWEEN = (640, 790, 1060)

# Of the page, then of each table of which a part is cut off.
WIDTHS = """() => [document.documentElement.scrollWidth,
  ...[...document.querySelectorAll(".table-wrap")].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.scrollWidth)]"""

# What a page is made of, whatever it says: two pages alike in this are alike to axe.
STRUCTURE = """() => {
  const made = (one) => one.tagName + "." + one.getAttribute("class") + "[" + one.getAttributeNames().join() + "]";
  const rows = new Set(document.querySelectorAll("tbody tr:nth-child(n+3), ol.timeline > li:nth-child(n+4)"));
  return [...document.querySelectorAll("main *, aside *, .messages *, .tour *")]
    .filter((one) => !rows.has(one.closest("tbody tr, ol.timeline > li"))).map(made).join(">");
}"""

# What is around it, whichever page is marked as the present one.
AROUND = """() => [...document.querySelectorAll("body :not(main, main *, aside, aside *)")]
  .map((one) => one.tagName + (one.getAttribute("href") || "")).join(">")"""

RUN = """async (only) => {
  const found = await axe.run(document, only ? {runOnly: only} : {});
  return found.violations.map(({id, nodes}) => `${id} ${nodes.slice(0, 3).map((node) => node.html.slice(0, 140)).join(" | ")}`);
}"""

# Each thing that can be acted on gets a number; what takes the focus is written down, and whether that is seen.
WATCH = """(whole) => {
  const acts = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  const inside = (one) => whole || one.closest("main, aside");
  const things = [...document.querySelectorAll(acts)].filter(
    (one) => inside(one) && !one.disabled && !one.closest("[aria-hidden=true]") && one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length);
  window.walked = {reached: new Set(), unseen: new Set()};
  if (!whole) document.querySelector("main").focus();
  document.addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target);
    window.walked.reached.add(target);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) window.walked.unseen.add(target);
  });
  window.things = things;
  const parts = things.filter((one) => ["date", "time", "month", "datetime-local"].includes(one.type)).length;
  return things.length + 4 * parts; // a date is several stops: day, month, year, the calendar
}"""

TOLD = """() => {
  const name = (one) => one.outerHTML.slice(0, 120);
  const {reached, unseen} = window.walked;
  const group = (one) => one.type === "radio" && [...reached].some((other) => other.type === "radio" && other.name === one.name);
  return {
    missed: window.things.filter((one) => one.isConnected && !reached.has(one) && !group(one)).map(name),
    unseen: [...unseen].map(name),
  };
}"""


def too_wide(page: Page, *, between: bool = True) -> list[str]:
    """At 320 pixels nothing makes the page itself scroll sideways (WCAG 1.4.10), and no table loses its end there or,
    `between` that and a wide screen, on a tablet."""
    found = []
    for width in (NARROW["width"], *(BETWEEN if between else ())):
        page.set_viewport_size({"width": width, "height": NARROW["height"]})
        wide, *cut = page.evaluate(WIDTHS)
        found += [f"{wide} pixels wide at {width}"] if wide > width else []
        found += [f"a table of {one} pixels is cut off at {width}" for one in cut]
    return found


def faults(page: Page) -> list[str]:
    """What axe finds in light, and of colours in dark."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, None)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in page.evaluate(RUN, ["color-contrast"])]
    page.emulate_media(color_scheme="light")
    return found


def unreached(page: Page, *, whole: bool = True) -> list[str]:
    """What Tab does not come to, and what does not show that it has the focus; of the whole page, or what is its own."""
    count = page.evaluate(WATCH, whole)
    for _ in range(count + 4):
        page.keyboard.press("Tab")
    told: dict[str, Any] = page.evaluate(TOLD)
    return [f"not reached by Tab: {one}" for one in told["missed"]] + [
        f"focus not seen: {one}" for one in told["unseen"]
    ]
