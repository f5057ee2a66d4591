"""What the guides press must be within reach of a keyboard, and show that it has the focus."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.guide.steps import by_key


@pytest.mark.parametrize(
    ("button", "fault"),
    [("<button tabindex=-1>Go</button>", "does not come"), ("<button style=outline:none>Go</button>", "not seen"), ("<div inert><button>Go</button></div>", "does not come")],
)  # fmt: skip
def test_what_no_key_comes_to_is_not_pressed(browser: Browser, button: str, fault: str) -> None:
    page = browser.new_page()
    page.set_content(button)
    with pytest.raises(AssertionError, match=fault):
        by_key(page.locator("button"))
    page.close()


def test_a_button_is_pressed(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<style>:focus-visible {outline: 2px solid}</style><button onclick='document.title = 1'>Go</button>"
    )
    by_key(page.locator("button"))
    assert page.title() == "1"
    page.close()
