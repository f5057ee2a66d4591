"""When the public page says that a code may stand on other packs: after many visits, never after many reloads."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.verify.looking import OFTEN
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import GTIN, uri

pytestmark = pytest.mark.django_db
ADDRESS = f"/01/{GTIN}/21/S0"
WARNS = "may stand on other packs"


@pytest.fixture
def handed_out(sold: Any, petra: Any, sealed: Any) -> None:
    sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    sealed()


def page(client: Client, **meta: str) -> str:
    response = client.get(ADDRESS, **meta)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("handed_out")
def test_reloading_warns_nobody_whatever_the_browser_says_it_is(stranger: Client) -> None:
    for number in range(OFTEN + 10):
        said = page(stranger, HTTP_USER_AGENT=f"Browser {number}")
    assert f"This page was opened {OFTEN + 10} times" in said, "the number shown is of looks"
    assert WARNS not in said


@pytest.mark.usefixtures("handed_out")
def test_one_ipv6_customer_is_one_visitor(stranger: Client) -> None:
    for number in range(OFTEN + 1):
        said = page(stranger, REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}")
    assert WARNS not in said


@pytest.mark.usefixtures("handed_out")
def test_visits_from_many_places_do(stranger: Client) -> None:
    for number in range(OFTEN - 1):
        said = page(stranger, REMOTE_ADDR=f"192.0.2.{number}")
    assert WARNS not in said
    said = page(stranger, REMOTE_ADDR="198.51.100.1")
    assert WARNS in said
    assert f"It was opened in {OFTEN} separate visits since" in said


def test_before_it_was_handed_out_nobody_is_warned(sold: Any, stranger: Client) -> None:
    for number in range(OFTEN + 1):
        said = page(stranger, REMOTE_ADDR=f"192.0.2.{number}")
    assert WARNS not in said
