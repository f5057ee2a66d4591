"""Pictures of pages under test: with PHARMATRACE_SHOTS naming a folder, each page is kept there at three widths."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (360, 768, 1280)
SHOTS = os.environ.get("PHARMATRACE_SHOTS", "")


def keep(page: Page, name: str, scheme: str) -> None:
    if not SHOTS:
        return
    name = "".join(letter if letter.isalnum() else "-" for letter in name)[:60]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
