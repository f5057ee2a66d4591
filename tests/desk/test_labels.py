"""Printing the labels of a batch: parts to fetch, as PDF and for a label printer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import CASE, package, uri, uris
from tests.desk.pages import Desk, text
from tests.labels.printed import bx_scan, pages, zpl_fields


def fetched(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def test_every_pack_gets_its_label(mia: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(30)).raise_refused()
    desk = Desk(mia)
    page = desk.open("labels", batch.pk)
    assert "30 packs have a serial number" in text(page)
    assert "1 to 30" in text(page)
    pdf = desk.open("labels-pdf", batch.pk, stock="a4-24", bears="datamatrix", part=1)
    assert pdf["Content-Type"] == "application/pdf"
    found = [one.serial for sheet in pages(fetched(pdf)) for one in sheet.readings()]
    assert sorted(str(one) for one in found) == sorted(f"S{n}" for n in range(30))


def test_a_label_printer_gets_zpl(mia: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    zpl = Desk(mia).open("labels-zpl", batch.pk, stock="roll-50-25", dpi=300)
    assert zpl["Content-Disposition"].startswith("attachment")
    labels = zpl_fields(fetched(zpl))
    assert [bx_scan(one["bx"]).endswith(f"S{n}") for n, one in enumerate(labels)] == [True, True]


def test_own_stock_is_measured_in_millimetres(mia: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(5)).raise_refused()
    own = {
        "stock": "custom",
        "width": 100,
        "height": 60,
        "columns": 2,
        "rows": 2,
        "left": 5,
        "gap_x": 2,
        "inner": 1,
    }
    found = pages(fetched(Desk(mia).open("labels-pdf", batch.pk, **own)))
    assert [len(sheet.codes()) for sheet in found] == [4, 1]
    assert round(found[0].width / 72 * 25.4) == 100


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"stock": "custom"}, "width"),
        ({"stock": "custom", "width": 20, "height": 20, "left": 19}, "left"),
        ({"stock": "custom", "width": 12, "height": 12}, "stock"),
        ({"stock": "custom", "width": "nan", "height": 12}, "width"),
        ({"stock": "nothing"}, "stock"),
        ({"stock": "a4-24", "bears": "aztec"}, "bears"),
    ],
)
def test_what_cannot_be_printed_is_told_and_offers_no_file(
    mia: Any, goods: Any, batch: Any, asked: dict[str, Any], field: str
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    desk = Desk(mia)
    page = desk.open("labels", batch.pk, **asked)
    assert field in page.context["form"].errors
    assert not page.context["parts"]
    assert desk.open("labels-pdf", batch.pk, **asked).status_code == 404


@pytest.mark.parametrize("part", ["0", "-1", "x", "999999", "401"])
def test_parts_that_are_none(mia: Any, batch: Any, part: str) -> None:
    assert Desk(mia).open("labels-pdf", batch.pk, stock="a4-24", part=part).status_code == 404


def test_one_pack_and_one_case_have_labels_of_their_own(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, uris(2)).raise_refused()
    goods.move([CASE], mia, dan)
    (page,) = pages(fetched(Desk(mia).open("label-pdf", package(uri("S0")).pk)))
    assert page.readings()[0].serial == "S0"
    (page,) = pages(fetched(Desk(dan).open("label-pdf", package(CASE).pk)))
    assert page.readings()[0].sscc == "095212340000000013"
    assert "Dan Distributes" in page.text
    assert Desk(dan).open("label-pdf", package(uri("S0")).pk).status_code == 404
    assert Desk(mia).open("label-pdf", package(CASE).pk).status_code == 404
