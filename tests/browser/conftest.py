"""Browser tests drive the Chromium of this machine; a machine without one fails them with what to install."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page as BrowserPage

from apps.catalog.models import Batch
from apps.parties.models import User
from tests.custody.goods import Goods, batch_of


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser() -> Any:
    """Playwright runs an event loop in the thread of the test, which Django takes for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[BrowserPage, str], None]:
    """Gives a browser the session of somebody of the cast, without typing a password each time."""

    def signed_in(page: BrowserPage, name: str) -> None:
        client = Client()
        client.force_login(
            User.objects.get(email=f"{name}@example.org"),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return signed_in
