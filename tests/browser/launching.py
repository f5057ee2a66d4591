"""How Chromium is started, once for all folders with browser tests (tests/conftest.py names this as a plugin)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.ADVICE)
    # Chromium's sandbox does not start as root; the pages are ours.
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": ["--no-sandbox", "--disable-background-networking"],
    }
