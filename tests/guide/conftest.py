"""The guides are walked in the browser of tests/browser."""

from __future__ import annotations

from tests.browser.conftest import (
    batch,
    browser_type_launch_args,
    database_beside_the_browser,
    goods,
    sign_in,
)

__all__ = ["batch", "browser_type_launch_args", "database_beside_the_browser", "goods", "sign_in"]
