"""The guides are walked in the browser of the browser tests."""

from __future__ import annotations

from tests.browser.conftest import *  # noqa: F403
