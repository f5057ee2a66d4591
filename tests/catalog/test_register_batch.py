"""Mia registers batches of her products."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.catalog.models import Batch, Product
from apps.catalog.selectors import batches_for, products_for
from apps.catalog.services import (
    recall_batch,
    register_batch,
    register_product,
    withdraw_product,
)
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member, member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
GTIN = "09521234543213"


@pytest.fixture
def product(mia: Member) -> Product:
    return register_product(
        actor=mia.actor, gtin=GTIN, name="Examplin", strength="40 mg", form="tablet",
        pack_size="30", national_codes={}, market="PT", at=NOW,
    )  # fmt: skip


def register(who: Member, product: Product, **changes: Any) -> Batch:
    right: dict[str, Any] = {
        "lot": "L1",
        "expiry": date(2027, 10, 31),
        "quantity": 100,
        "site": who.site,
    }
    return register_batch(actor=who.actor, product=product, at=NOW, **right | changes)


def refused(who: Member, product: Product, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        register(who, product, **changes)
    return [(one.code, one.data["field"]) for one in caught.value.refusals]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (date(2027, 10, 31), date(2027, 10, 31)),
        ("2027-10-31", date(2027, 10, 31)),
        ("271031", date(2027, 10, 31)),
        ("280200", date(2028, 2, 29)),
        (NOW.date(), NOW.date()),
    ],
)
def test_an_expiry_is_a_day_or_what_stands_on_the_pack(
    mia: Member, product: Product, written: Any, meant: date
) -> None:
    register(mia, product, expiry=written)
    assert Batch.objects.get().expiry == meant


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lot": ""}, [("lot_characters", "lot")]),
        ({"lot": "L" * 21}, [("lot_characters", "lot")]),
        ({"lot": "L 1"}, [("lot_characters", "lot")]),
        ({"lot": "Lé"}, [("lot_characters", "lot")]),
        ({"expiry": "2027-02-30"}, [("expiry_impossible", "expiry")]),
        ({"expiry": "271301"}, [("expiry_impossible", "expiry")]),
        ({"expiry": "soon"}, [("expiry_impossible", "expiry")]),
        ({"expiry": date(2127, 1, 1)}, [("expiry_impossible", "expiry")]),
        ({"expiry": date(2026, 11, 1)}, [("expiry_past", "expiry")]),
        ({"quantity": 0}, [("quantity_positive", "quantity")]),
        ({"quantity": -1}, [("quantity_positive", "quantity")]),
        ({"quantity": 2**31}, [("quantity_positive", "quantity")]),
        (
            {"lot": "L 1", "quantity": 0},
            [("lot_characters", "lot"), ("quantity_positive", "quantity")],
        ),
    ],
)
def test_every_wrong_field_is_named(
    mia: Member, product: Product, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(mia, product, **changes) == expected
    assert not Batch.objects.exists()


def test_a_lot_is_used_once_per_product(mia: Member, product: Product) -> None:
    register(mia, product)
    assert refused(mia, product) == [("lot_taken", "lot")]


def test_the_site_must_be_ones_own(mia: Member, dan: Member, product: Product) -> None:
    assert refused(mia, product, site=dan.site) == [("site_not_yours", "site")]


def test_nobody_makes_batches_of_somebody_elses_product(mia: Member, product: Product) -> None:
    other = member(
        name="Max", kind="manufacturer", company="Max Makes", gln="5603000000015",
        site_gln="5603000000022", city="Faro", country="PT", activity="manufacture",
    )  # fmt: skip
    assert refused(other, product) == [("not_manufacturer", "product")]


def test_a_withdrawn_product_has_no_new_batches(mia: Member, product: Product) -> None:
    product = withdraw_product(product=product, at=NOW)
    assert refused(mia, product) == [("product_withdrawn", "product")]


def test_a_recall_says_why_and_happens_once(mia: Member, product: Product) -> None:
    batch = register(mia, product)
    with pytest.raises(Refused) as caught:
        recall_batch(batch=batch, reason=" ", at=NOW)
    assert caught.value.codes == ("missing",)
    recalled = recall_batch(batch=batch, reason="Glass in the vial", at=NOW)
    assert (recalled.recalled_at, recalled.recall_reason) == (NOW, "Glass in the vial")
    with pytest.raises(Refused) as caught:
        recall_batch(batch=batch, reason="Again", at=NOW)
    assert caught.value.codes == ("already_recalled",)


def test_a_maker_sees_its_own_products_and_batches_and_a_regulator_all(
    mia: Member, rosa: Member, dan: Member, product: Product
) -> None:
    batch = register(mia, product)
    for who, seen in ((mia, True), (rosa, True), (dan, False)):
        assert list(products_for(who.actor)) == ([product] if seen else [])
        assert list(batches_for(who.actor)) == ([batch] if seen else [])
