"""How Chromium is started, once for all folders with browser tests (tests/conftest.py names this as a plugin).

Playwright leaves its event loop marked as running in the thread of the tests, for as long as the process lives. Other
tests must not see that: `/health/` refuses to work in what Django takes for asynchronous code, and where a loop runs
Django keeps connections of its own, so a test would write outside the transaction that is rolled back after it. So the
mark is taken away before anything of such a test is set up, and put back for what belongs to a browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser import chromium

_loop: asyncio.AbstractEventLoop | None = None


def mark(*, running: bool) -> None:
    global _loop
    _loop = asyncio._get_running_loop() or _loop
    asyncio._set_running_loop(_loop if running else None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # Every fixture of a browser rests on this one.
    mark(running="playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    yield playwright
    mark(running=True)  # to be stopped, perhaps after a test without a browser


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    yield browser
    mark(running=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.ADVICE)
    # Chromium's sandbox does not start as root; the pages are ours.
    return {
        **browser_type_launch_args,
        "executable_path": path,
        # Without a graphics card its work falls to the processor, and costs more there than drawing without it.
        "args": ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
    }
