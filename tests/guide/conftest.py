"""The guides are walked in the browser of the browser tests."""

from __future__ import annotations

from tests.browser.conftest import browser_type_launch_args, database_beside_the_browser, sign_in

__all__ = ["browser_type_launch_args", "database_beside_the_browser", "sign_in"]
