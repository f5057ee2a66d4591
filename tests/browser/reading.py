"""Looking at a page in the middle of a test: nothing for axe to find, nothing wider than the window.

With PHARMATRACE_SHOTS naming a folder, a picture of it stays there.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SHOTS = os.environ.get("PHARMATRACE_SHOTS", "")
WIDTHS = (360, 768, 1280)


def looked_at(page: Page) -> None:
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
    found = [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in Axe().run(page).response["violations"]
    ]
    assert found == [], f"{page.url}: {found}"
    if SHOTS:
        keep(page)


def keep(page: Page) -> None:
    size = page.viewport_size
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    name = "".join(letter if letter.isalnum() else "-" for letter in urlsplit(page.url).path)
    number = len(list(Path(SHOTS).glob("*.png")))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        shot = f"{number:03d}{name[:30]}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(SHOTS) / shot, full_page=True)
    if size:
        page.set_viewport_size(size)
