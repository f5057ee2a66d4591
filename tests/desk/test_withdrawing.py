from __future__ import annotations

from typing import Any

import pytest

from tests.cast import member
from tests.custody.goods import uri, uris
from tests.desk.pages import Desk, after, text


@pytest.mark.parametrize("who", ["mia", "rosa"])
def test_a_product_is_withdrawn_and_whoever_checks_a_pack_reads_it(
    who: str, mia: Any, petra: Any, batch: Any, goods: Any, request: pytest.FixtureRequest
) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    desk = Desk(request.getfixturevalue(who))
    product = batch.product
    assert f"/products/{product.pk}/withdraw/" in desk.open("product", product.pk).content.decode()
    said = after(desk.fill_in("withdraw", product.pk, sure="on"), desk.client)
    assert "Examplin is withdrawn from the market." in said
    assert "/withdraw/" not in desk.open("product", product.pk).content.decode()
    answer = petra.client.get(f"/{uri('S0').removeprefix('https://id.gs1.org/')}?format=json")
    assert answer.json()["verdict"]["code"] == "withdrawn"
    counter = Desk(petra).send("/dispense/", {"code": uri("S0")})
    assert "withdrawn" in text(counter)
    assert "May be dispensed" not in text(counter)


def test_it_needs_the_tick(mia: Any, batch: Any) -> None:
    response = Desk(mia).fill_in("withdraw", batch.product_id)
    assert response.status_code == 422
    batch.product.refresh_from_db()
    assert batch.product.withdrawn_at is None


def test_twice_is_told(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    desk.fill_in("withdraw", batch.product_id, sure="on")
    assert "withdrawn already" in text(desk.open("withdraw", batch.product_id))
    again = desk.send(f"/products/{batch.product_id}/withdraw/", {"sure": "on"})
    assert "withdrawn already" in after(again, desk.client)


def test_another_maker_finds_no_such_product(batch: Any) -> None:
    max_ = member(
        name="Max", kind="manufacturer", company="Max Makes", gln="4012345000009",
        site_gln="4012345000016", city="Kiel", country="DE", activity="manufacture",
    )  # fmt: skip
    response = Desk(max_).send(f"/products/{batch.product_id}/withdraw/", {"sure": "on"})
    assert response.status_code == 404
    batch.product.refresh_from_db()
    assert batch.product.withdrawn_at is None
