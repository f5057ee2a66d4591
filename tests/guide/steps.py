"""A guide's page, walked step by step: what is pressed stands in it in bold, and no step is left out.

Nothing is clicked: every flow of the guides passes by keyboard alone (WCAG 2.1.1, 2.4.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.house.sources import ROOT

# What of a thing the keyboard comes to: itself, or what it is the words of.
_TO = """(one) => {
  const stop = "a[href], button, input, select, textarea, summary";
  const there = one.closest(stop) || one.querySelector(stop);
  there.focus({focusVisible: true});
  const {outlineStyle, outlineWidth} = getComputedStyle(there);
  return {
    reached: document.activeElement === there && there.tabIndex >= 0 && !there.closest("[inert]"),
    seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    key: there.matches("[type=checkbox], [type=radio]") ? "Space" : "Enter",
  };
}"""


def by_key(what: Locator) -> None:
    """Goes to it, as Tab does, and presses Enter; Space where it is a box to tick."""
    expect(what).to_be_enabled()
    told = what.evaluate(_TO)
    assert told["reached"], f"the keyboard does not come to {what}"
    assert told["seen"], f"the focus is not seen on {what}"
    what.page.locator(":focus").press(told["key"])  # which waits for where that leads


def choose_in_menu(page: Page, words: str, group: str = "") -> None:
    """Opens the group it stands in, where it is not among the first, and presses it. `group`: where the guide
    names one, it is that one."""
    menu = page.get_by_role("navigation", name="Main")
    entry = menu.get_by_role("link", name=words, exact=True)
    there = menu.get_by_role("link", name=words, exact=True, include_hidden=True)
    there.wait_for(state="attached")  # the page may still be on its way
    if not entry.is_visible():
        by_key(
            menu.locator(f"details:has(a:text-is('{words}'))")
            .locator("summary")
            .filter(has_text=group)
        )
    by_key(entry)


class Guide:
    """The steps of docs/guide/<role>.md, in order. Each must be walked once."""

    def __init__(self, role: str) -> None:
        text = (ROOT / "docs" / "guide" / f"{role}.md").read_text()
        self.left = re.findall(r"^## (\d+\. .+)$", text, re.MULTILINE)
        parts = re.split(r"^## \d+\. .+$", text, flags=re.MULTILINE)[1:]
        self.bold = {
            title: {
                re.sub(r"\s+", " ", one) for one in re.findall(r"\*\*(.+?)\*\*", part, re.DOTALL)
            }
            for title, part in zip(self.left, parts, strict=True)
        }
        self.now = ""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        assert self.left, f"the guide has no step {title!r} left"
        assert self.left[0] == title, f"the guide's next step is {self.left[0]!r}"
        self.now = self.left.pop(0)
        yield

    def says(self, words: str) -> str:
        """`words`, which the step must name in bold."""
        assert words in self.bold[self.now], f"step {self.now!r} does not name {words!r}"
        return words

    def end(self) -> None:
        assert not self.left, f"nobody walked {self.left}"
