"""Every page there is, found from the URL patterns, in every role: for axe, for small screens, for the keyboard."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser import walking
from tests.desk.test_roles import arguments  # noqa: F401  (one thing for every address of the desk)
from tests.walks.table import rows
from tests.walks.world import World, world_of

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = {"m": "mia", "d": "dan", "p": "petra", "r": "rosa"}
NOT_OURS = (
    "api-docs",
    "health",
    "health-anchors",
    "health-audit",
    "health-sealing",
    "health-witnesses",
)  # the pages of the packages they come from


class Seen:
    """What was looked at, by what it is made of: the public pages are the same in every role but for the bar above them,
    which each role's own pages have too. A folder, so that all who run tests side by side know it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def __contains__(self, made: str) -> bool:
        return self._place(made).exists()

    def add(self, made: str) -> None:
        self._place(made).touch()

    def _place(self, made: str) -> Path:
        return self.folder / hashlib.sha256(made.encode()).hexdigest()


@pytest.fixture
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return Seen(shared / "pages-looked-at")


@pytest.fixture
def world(arguments: Any, goods: Any, mia: Any, dan: Any, petra: Any, rosa: Any) -> World:  # noqa: F811
    return world_of(arguments, goods, {"mia": mia, "dan": dan, "petra": petra, "rosa": rosa})


def addresses(world: World, kind: str) -> Iterator[str]:
    for name, row in rows().items():
        if row.expected(kind, "admin") == 200 and name not in NOT_OURS:
            yield world.address(name)


def opened(page: Page, address: str) -> bool:
    """Whether this address answers with a page. A file, or an answer for machines, is none."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    assert answer
    return answer.headers["content-type"].startswith("text/html") and "<html" in answer.text()


@pytest.mark.parametrize("kind", [*KINDS, "stranger"])
def test_every_page_is_for_everybody(
    browser: Browser, live_server: Any, world: World, sign_in: Any, seen: Seen, kind: str
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    page.on("console", lambda said: broken.append(f"{page.url}: {said.text}") if "Security Policy" in said.text else None)  # fmt: skip
    if kind in KINDS:
        sign_in(page, KINDS[kind])
    found: list[str] = []
    looked_at = 0
    for address in addresses(world, kind):
        so_far = len(broken)
        if not opened(page, live_server.url + address):
            del broken[so_far:]  # Chromium's own viewer of pictures said that
            continue
        looked_at += 1
        made = page.evaluate(walking.STRUCTURE)
        faults = walking.too_wide(page, between=made not in seen)
        if made not in seen:
            seen.add(made)
            around = page.evaluate(walking.AROUND)
            faults += walking.faults(page) + walking.unreached(page, whole=around not in seen)
            seen.add(around)
        found += [f"{kind} {address}: {one}" for one in faults]
    context.close()
    assert found + broken == [], "\n".join(found + broken)
    assert looked_at > 5


def test_a_page_that_is_not_for_everybody_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        '<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"><p style="width: 400px">wide</p>'
        '<button style="outline: none">b</button><a href="#x" tabindex="-1">never</a></main>'
    )
    assert walking.too_wide(page) != []
    assert [one.split()[0] for one in walking.faults(page)] == ["image-alt"]
    assert [one[:20] for one in walking.unreached(page)] == [
        "not reached by Tab: ",
        "focus not seen: <but",
    ]
    page.close()
