"""What a verification costs in queries: by how it is packed, never by how many packs there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.ledger.selectors import latest_checkpoint
from apps.verify.log_verifier import verifier_for
from tests.custody.goods import GTIN, Goods, uris
from tests.verify.conftest import CASE

pytestmark = pytest.mark.django_db

# package, history, statements, anchored checkpoint, tiles
LOOSE = 5
# and the outermost container, and one more for the container's history
PER_CONTAINER = 2
# and on the page for people: the look is counted (one statement), and the leaflets
FOR_PEOPLE = 2


def knows_the_log() -> None:
    """A process asks for the log's key once."""
    newest = latest_checkpoint()
    assert newest
    verifier_for(newest.note)


@pytest.mark.parametrize("count", [2, 200])
def test_a_loose_pack(
    count: int, mia: Any, goods: Goods, sealed: Callable[[], None], stranger: Client,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    goods.commission(mia, uris(count)).raise_refused()
    sealed()
    knows_the_log()
    address = f"/01/{GTIN}/21/S0"
    for query, more in (("?format=json", 0), ("", FOR_PEOPLE)):
        with django_assert_num_queries(LOOSE + more):
            assert stranger.get(address + query).status_code == 200


@pytest.mark.parametrize("count", [2, 200])
def test_a_pack_in_a_case(
    count: int, mia: Any, goods: Goods, sealed: Callable[[], None], stranger: Client,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    goods.commission(mia, uris(count)).raise_refused()
    goods.pack(mia, CASE, uris(count)).raise_refused()
    sealed()
    knows_the_log()
    with django_assert_num_queries(LOOSE + PER_CONTAINER):
        stranger.get(f"/01/{GTIN}/21/S0?format=json")


def test_what_is_not_there(sold: Goods, stranger: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # the package, then the product
        stranger.get(f"/01/{GTIN}/21/NEVER?format=json")
    with django_assert_num_queries(0):
        stranger.get("/verify/?code=hello&format=json")


@pytest.mark.parametrize("who", ["stranger", "rosa"])
def test_a_bundle(
    who: str, sold: Goods, request: pytest.FixtureRequest, django_assert_max_num_queries: Any
) -> None:
    client = getattr(request.getfixturevalue(who), "client", request.getfixturevalue(who))
    with django_assert_max_num_queries(32):
        assert client.get(f"/verify/evidence/01/{GTIN}/21/S0").status_code == 200
