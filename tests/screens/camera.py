"""Chromium, pointed at a screen at several widths and in both lights; what it sees, small."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.screens.table import Screen

WIDTHS = (360, 768, 1280)
KEPT = ((1280, "light"), (360, "dark"))  # of the six that are looked at
TALLEST = {360: 1400, 768: 1400, 1280: 1100}
QUALITY = 82


class Camera:
    """One browser, a window for each player; `root` is where the demo answers."""

    def __init__(self, root: str, folder: Path, *, every: bool) -> None:
        self.root = root
        self.folder = folder
        self.shots = [(w, s) for w in WIDTHS for s in ("light", "dark")] if every else list(KEPT)

    def __enter__(self) -> Camera:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        return self

    def __exit__(self, *problem: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def window(self, session: str | None) -> Page:
        context = self._browser.new_context(
            base_url=self.root, reduced_motion="reduce", timezone_id="Europe/Lisbon"
        )
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.root}])
        return context.new_page()

    def take(self, page: Page, screen: Screen, address: str, typed: str) -> int:
        """Keeps the pictures of a screen; returns how many octets they have. Raises where it does not open."""
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status if answer else 'nothing'}")
        if urlsplit(page.url).path != urlsplit(address).path:
            raise RuntimeError(f"{address} led to {page.url}")
        if typed:
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            page.wait_for_selector(".verdict")
        page.wait_for_load_state("networkidle")
        return sum(self._shot(page, screen, width, scheme) for width, scheme in self.shots)

    def _shot(self, page: Page, screen: Screen, width: int, scheme: str) -> int:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[width])
        page.set_viewport_size({"width": width, "height": max(tall, 600)})
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            file = self.folder / picture_name(screen, width, scheme)
            picture.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)
        return file.stat().st_size


def picture_name(screen: Screen, width: int, scheme: str) -> str:
    return f"{screen.name}-{width}-{scheme}.webp"
