"""Mia registers what she makes; what is wrong is refused with the field named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.catalog.models import Product
from apps.catalog.services import register_product, withdraw_product
from apps.parties.services import suspend_licence
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
RIGHT: dict[str, Any] = {
    "gtin": "9521234543213",
    "name": "Examplin",
    "strength": "40 mg",
    "form": "tablet",
    "pack_size": "30",
    "national_codes": {"PT": "5678901"},
    "market": "PT",
}


def register(who: Member, **changes: Any) -> Product:
    return register_product(actor=who.actor, at=NOW, **RIGHT | changes)


def refused(who: Member, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        register(who, **changes)
    return [(one.code, one.data["field"]) for one in caught.value.refusals]


def test_a_product_is_stored_with_fourteen_digits(mia: Member) -> None:
    product = register(mia)
    assert Product.objects.get() == product
    assert (product.gtin, product.manufacturer_id) == ("09521234543213", mia.organisation.id)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"gtin": "9521234543214"}, [("gtin_check_digit", "gtin")]),
        ({"gtin": "95212345432"}, [("gtin_length", "gtin")]),
        ({"gtin": "952123454321X"}, [("gtin_characters", "gtin")]),
        ({"name": " "}, [("missing", "name")]),
        ({"strength": "x" * 81}, [("too_long", "strength")]),
        ({"market": "Portugal"}, [("country_code", "market")]),
        ({"national_codes": {"pt": "1"}}, [("national_code", "national_codes")]),
        (
            {"gtin": "9521234543214", "name": "", "market": "?"},
            [("gtin_check_digit", "gtin"), ("missing", "name"), ("country_code", "market")],
        ),
    ],
)
def test_every_wrong_field_is_named(
    mia: Member, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(mia, **changes) == expected
    assert not Product.objects.exists()


def test_a_gtin_belongs_to_one_product(mia: Member) -> None:
    register(mia)
    assert refused(mia, gtin="09521234543213") == [("gtin_taken", "gtin")]


def test_only_a_manufacturer_registers(dan: Member) -> None:
    assert refused(dan) == [("not_manufacturer", "actor")]


def test_a_viewer_only_looks(mia: Member) -> None:
    mia.membership.role = "viewer"
    assert refused(mia) == [("not_operator", "actor")]


def test_without_a_licence_nothing_is_made(mia: Member) -> None:
    suspend_licence(licence=mia.organisation.licences.get(), at=NOW)
    assert refused(mia) == [("no_licence", "actor")]


def test_a_product_is_withdrawn_once(mia: Member) -> None:
    product = withdraw_product(product=register(mia), at=NOW)
    assert product.withdrawn_at == NOW
    with pytest.raises(Refused) as caught:
        withdraw_product(product=product, at=NOW)
    assert caught.value.codes == ("already_withdrawn",)
