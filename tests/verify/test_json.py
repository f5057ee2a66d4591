"""The same answer for machines, at the same addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.custody.goods import GTIN, Goods

pytestmark = pytest.mark.django_db
PACK = f"/01/{GTIN}/21/S0"


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        (PACK, "application/json"),
        (PACK + "?format=json", "text/html"),
        (f"/verify/?code={GTIN}+S0&format=json", "*/*"),
    ],
)
def test_the_answer(address: str, accept: str, sold: Goods, mia: Any, stranger: Client) -> None:
    response = stranger.get(address, headers={"Accept": accept})
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    answer = response.json()
    assert answer["verdict"]["code"] == "in_order"
    assert answer["package"] == PACK[1:]
    assert (answer["lot"], answer["expiry"]) == ("L1", "2027-10-31")
    assert answer["product"]["manufacturer"] == mia.organisation.name
    assert {check["name"]: check["state"] for check in answer["checks"]} == {
        "facts": "holds", "signature": "holds", "inclusion": "holds", "checkpoint": "holds",
        "witnesses": "unchecked", "anchor": "holds",
    }  # fmt: skip
    assert [(hop["step"], hop["role"], hop["country"]) for hop in answer["life"]] == [
        ("commission", "manufacturer", "PT"),
        ("pack", "manufacturer", "PT"),
        ("ship", "manufacturer", "PT"),
        ("receive", "distributor", "ES"),
        ("ship", "distributor", "ES"),
        ("receive", "pharmacy", "PT"),
        ("unpack", "pharmacy", "PT"),
    ]
    assert answer["evidence"] == f"http://testserver/verify/evidence{PACK}"


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/json;q=0.9"])
def test_people_get_the_page(accept: str, sold: Goods, stranger: Client) -> None:
    response = stranger.get(PACK, headers={"Accept": accept})
    assert response["Content-Type"].startswith("text/html")


def test_a_difference_does_not_tell_the_record(sold: Goods, stranger: Client) -> None:
    answer = stranger.get(f"/01/{GTIN}/10/L9/21/S0?format=json").json()
    assert answer["verdict"]["code"] == "mismatch"
    assert answer["differing"] == {"lot": "L9"}
    assert (answer["lot"], answer["expiry"]) == (None, None)


def test_an_unknown_pack(sold: Goods, stranger: Client) -> None:
    response = stranger.get(f"/01/{GTIN}/21/NEVER?format=json")
    assert response.status_code == 404
    assert response.json()["verdict"]["code"] == "never_registered"
    assert response.json()["evidence"] is None


def test_nothing_asked(stranger: Client) -> None:
    response = stranger.get("/verify/?format=json")
    assert response.status_code == 400
