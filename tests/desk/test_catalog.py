from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch, Product
from tests.custody.goods import GTIN
from tests.desk.pages import Desk, after, text

PRODUCT = {"gtin": GTIN, "name": "Examplin", "strength": "40 mg", "form": "tablet", "market": "pt"}
BATCH = {"lot": "L9", "expiry": "2027-10", "quantity": 20}


def test_mia_registers_a_product_and_a_batch(mia: Any) -> None:
    desk = Desk(mia)
    said = after(desk.fill_in("product-new", **PRODUCT), desk.client)
    assert "Examplin is registered." in said
    product = Product.objects.get()
    response = desk.fill_in("batch-new", product=product.pk, site=mia.site.pk, **BATCH)
    assert "Batch L9 is registered." in after(response, desk.client)
    batch = Batch.objects.get()
    assert batch.expiry.isoformat() == "2027-10-31", "a month means its last day"


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"gtin": "09521234543214"}, "gtin", "last digit should be 3"),
        ({"gtin": "123"}, "gtin", "digits"),
        ({"market": "P1"}, "market", "Two letters"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_what_is_wrong_with_a_product_stands_at_its_field(
    mia: Any, wrong: dict[str, str], field: str, says: str
) -> None:
    response = Desk(mia).fill_in("product-new", **PRODUCT | wrong)
    assert response.status_code == 422
    assert says in " ".join(response.context["form"].errors[field])
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lot": "L 1"}, "lot"),
        ({"lot": "L1"}, "lot"),  # taken
        ({"expiry": "2027-13-01"}, "expiry"),
        ({"expiry": "2020-01-01"}, "expiry"),
        ({"quantity": 0}, "quantity"),
    ],
)
def test_what_is_wrong_with_a_batch_stands_at_its_field(
    mia: Any, batch: Batch, wrong: dict[str, Any], field: str
) -> None:
    fields = {"product": batch.product_id, "site": mia.site.pk, **BATCH, **wrong}
    response = Desk(mia).fill_in("batch-new", **fields)
    assert response.status_code == 422, text(response)
    assert field in response.context["form"].errors
