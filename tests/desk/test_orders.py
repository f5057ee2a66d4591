"""Orders: typed or as a table, with every bad line named; shipped from until nothing is left."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from apps.desk.models import Order
from apps.desk.orders.reading import Wanted, lines_of_text
from apps.desk.orders.services import open_order
from apps.desk.sessions.picking import picks_of, totals
from apps.desk.sessions.selectors import progress_of
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, GTIN, LOT, uri, uris
from tests.desk.pages import Desk, text
from tests.desk.sessions.conftest import begin


@pytest.mark.parametrize(
    "line", [f"{GTIN}; 40", "Examplin 40", "examplin\t40", f"{GTIN[1:]},40", "product;packs\nExamplin;40"]
)  # fmt: skip
def test_a_line_names_product_and_quantity(batch: Any, line: str) -> None:
    [one] = lines_of_text(line)
    assert (one.product, one.quantity, one.lot) == (batch.product, 40, "")


def test_a_lot_may_be_wanted(batch: Any) -> None:
    assert lines_of_text("Examplin 40 L1")[0].lot == "L1"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "order_empty"),
        ("Examplin; 0", "quantity_missing"),
        ("Examplin; 99999999", "quantity_missing"),
        ("Nothing; 3", "product_unknown"),
        ("\x00; 3", "product_unknown"),
        ("Examplin; 3\nExamplin; 4", "line_twice"),
        ("Examplin; 3; a lot of blanks", "lot_impossible"),
        ("Examplin; ٣", "quantity_missing"),
    ],
)
def test_a_bad_line_is_named(batch: Any, lines: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        lines_of_text(lines)
    assert code in refused.value.codes


def xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Product", "Packs", "Lot"], [GTIN, 12, None], ["Examplin", 3.0, LOT]):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("order.csv", f"product;quantity;lot\n{GTIN};12;\nExamplin;3;{LOT}\n".encode(), 2),
        ("order.xlsx", xlsx(), 2),
        ("order.xlsx", b"PK\x03\x04 no workbook", None),
        ("order.csv", b"\xff\xfe\x00", None),
        ("order.csv", b"", None),
    ],
)
def test_a_table_is_read_or_refused_with_a_sentence(
    dan: Any, petra: Any, batch: Any, name: str, content: bytes, lines: int | None
) -> None:
    response = Desk(dan).send(
        "/orders/new/",
        {
            "customer": petra.organisation.pk,
            "reference": "PO-1",
            "file": SimpleUploadedFile(name, content),
        },
    )
    assert response.status_code == (302 if lines else 422), text(response)
    assert sum(order.lines.count() for order in Order.objects.all()) == (lines or 0)


def test_an_order_number_is_given_once(dan: Any, petra: Any, batch: Any) -> None:
    fields = {"customer": petra.organisation.pk, "reference": "PO-1", "lines": "Examplin 3"}
    assert Desk(dan).send("/orders/new/", fields).status_code == 302
    again = Desk(dan).send("/orders/new/", fields)
    assert again.status_code == 422
    assert "PO-1 of this customer already" in text(again)


def test_shipping_from_an_order_counts_down_and_closes_it(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(8))
    goods.pack(mia, CASE, uris(3))
    order = open_order(
        actor=mia.actor, customer=dan.organisation, reference="PO-2", at=timezone.now(),
        lines=[Wanted(batch.product, 5)],
    )  # fmt: skip
    gun = begin(mia, "ship", party=dan.organisation, order=order)
    gun.scan(CASE, uri("S3"))
    assert totals(picks_of(order.pk)) == (4, 5)
    assert progress_of(gun.session).words == "4 of 5 packs, 1 missing"
    assert gun.outcomes(uri("S4"), uri("S5")) == [("good", ""), ("stop", "enough_picked")]
    assert gun.sign().signed
    order.refresh_from_db()
    assert order.closed_at is not None


def test_another_lot_than_the_one_wanted_stops(mia: Any, dan: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(1))
    order = open_order(
        actor=mia.actor, customer=dan.organisation, reference="PO-3", at=timezone.now(),
        lines=[Wanted(batch.product, 5, "OTHER")],
    )  # fmt: skip
    gun = begin(mia, "ship", party=dan.organisation, order=order)
    assert gun.outcomes(uri("S0")) == [("stop", "not_ordered")]


def test_the_pages_of_an_order_lead_to_its_shipment(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    desk = Desk(mia)
    fields = {"customer": dan.organisation.pk, "reference": "PO-4", "lines": "Examplin 3"}
    made = desk.send("/orders/new/", fields)
    assert "0 of 3" in text(desk.client.get(made["Location"]))
    order = Order.objects.get()
    opened = desk.scan("ship", consignee=dan.organisation.pk, order=order.pk, reference="PO-4")
    assert "0 of 3 packs, 3 missing" in text(desk.client.get(opened))
    desk.send(f"/orders/{order.pk}/close/", {})
    assert "This order is done" in text(desk.client.get(made["Location"]))
