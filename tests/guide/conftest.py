"""The guides are walked with the browser and the goods of the browser tests."""

from __future__ import annotations

from tests.browser.conftest import (
    batch,
    database_beside_the_browser,
    goods,
    sign_in,
)

__all__ = ["batch", "database_beside_the_browser", "goods", "sign_in"]
