"""Browser tests drive the Chromium of this machine; a machine without one fails them with what to install."""

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
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser() -> Any:
    """Playwright runs an event loop in the thread of the test, which Django takes for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield
