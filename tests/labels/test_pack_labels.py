from __future__ import annotations

import tracemalloc
from datetime import date

import pytest

from apps.labels.content import PackLabel
from apps.labels.design import Design
from apps.labels.pdf_labels import sheets
from apps.labels.stocks import PACK_STOCKS, Stock
from apps.labels.zpl import pack_zpl
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import EXPIRY, GTIN
from tests.labels.printed import bx_scan, pages, zpl_fields

STEM = "https://trace.example.org"
LONGEST = "W" * 20
ODD = "A(21)_%^"[:-1] + "+/'"  # brackets, underscore, percent: all allowed in a serial


def pack(serial: str = "A1B2C3D4E5F6G7", lot: str = "L1") -> PackLabel:
    return PackLabel(GTIN, serial, lot, EXPIRY, "Examplin 40 mg")


def printed(design: Design, *labels: PackLabel, skip: int = 0) -> bytes:
    placed = (one for _, one in design.packs(labels))
    return b"".join(sheets(placed, stock=design.stock, title="Labels", skip=skip))


@pytest.mark.parametrize("stock", PACK_STOCKS)
@pytest.mark.parametrize("bears", ["datamatrix", "qr"])
def test_every_stock_bears_a_code_that_scans(stock: str, bears: str) -> None:
    design = Design(PACK_STOCKS[stock], bears=bears, stem=STEM)  # type: ignore[arg-type]
    (page,) = pages(printed(design, pack()))
    (reading,) = page.readings()
    assert (reading.gtin, reading.serial, reading.lot, reading.expiry) == (
        GTIN, "A1B2C3D4E5F6G7", "L1", EXPIRY,
    )  # fmt: skip
    assert not reading.problems
    assert "SN A1B2C3D4E5F6G7" in page.text


def test_a_datamatrix_begins_with_fnc1_and_a_qr_is_the_link() -> None:
    design = Design(PACK_STOCKS["a4-24"], bears="both", stem=STEM)
    (page,) = pages(printed(design, pack()))
    codes = dict(page.codes())
    assert codes["]d2"] == f"01{GTIN}1727103110L1\x1d21A1B2C3D4E5F6G7"
    assert codes["]Q1"] == f"{STEM}/01/{GTIN}/10/L1/21/A1B2C3D4E5F6G7?17=271031"


@pytest.mark.parametrize("serial", ["0", LONGEST, ODD, "%", "'\"!", "a_1b__"])
def test_serials_of_every_kind_come_back(serial: str) -> None:
    design = Design(PACK_STOCKS["a4-24"])
    (page,) = pages(printed(design, pack(serial, lot="L(1)_%")))
    (reading,) = page.readings()
    assert (reading.serial, reading.lot) == (serial, "L(1)_%")
    assert f"SN {serial}" in page.text


def test_sheets_are_filled_row_by_row_and_used_labels_are_passed_over() -> None:
    design = Design(PACK_STOCKS["a4-24"])
    labels = [pack(f"S{n:03}") for n in range(50)]
    found = pages(printed(design, *labels, skip=20))
    serials = [{one.serial for one in page.readings()} for page in found]
    assert [len(page) for page in serials] == [4, 24, 22]
    assert set().union(*serials) == {label.serial for label in labels}


def test_a_label_too_small_for_its_code_is_refused() -> None:
    design = Design(Stock("tiny", 12, 10, inner=0.5), bears="both", stem=STEM)
    with pytest.raises(Refused) as no:
        design.pack(pack(LONGEST))
    assert no.value.codes == ("label_too_small",)


@pytest.mark.parametrize(
    ("stock", "code"),
    [
        (Stock("", 5, 100), "stock_size"),
        (Stock("", 2_000, 100), "stock_size"),
        (Stock("", 100, 100, columns=0), "stock_division"),
        (Stock("", 100, 100, rows=51), "stock_division"),
        (Stock("", 100, 100, left=60, right=50), "stock_label"),
        (Stock("", 100, 100, gap_x=-1), "stock_label"),
    ],
)
def test_a_stock_that_cannot_be_is_refused(stock: Stock, code: str) -> None:
    with pytest.raises(Refused) as no:
        stock.checked()
    assert no.value.codes == (code,)


def test_names_in_other_letters_do_not_stop_the_printer() -> None:
    design = Design(PACK_STOCKS["a4-24"])
    label = PackLabel(GTIN, "A1", "L1", date(2027, 10, 31), "Παρακεταμόλη (500 mg) \\ ő\u0000")
    (page,) = pages(printed(design, label))
    assert page.readings()[0].serial == "A1"
    assert any("(500 mg) \\ o" in line for line in page.text)


def most_memory(count: int) -> int:
    design = Design(PACK_STOCKS["a4-65"])
    tracemalloc.start()
    placed = (one for _, one in design.packs(pack(f"S{n:06}") for n in range(count)))
    for _ in sheets(placed, stock=design.stock, title="Labels"):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_more_labels_take_no_more_memory() -> None:
    most_memory(195)  # what is loaded once, and the caches, are no part of the measure
    assert most_memory(1_170) < most_memory(195) + 250_000


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_zpl_carries_the_same_code(dpi: int) -> None:
    design = Design(PACK_STOCKS["roll-50-25"], bears="datamatrix", stem=STEM)
    labels = [pack(ODD, lot="L_1"), pack("B2")]
    stream = b"".join(pack_zpl(design.packs(labels), stock=design.stock, dpi=dpi, stem=STEM))
    first, second = zpl_fields(stream)
    reading = read(bx_scan(first["bx"]))
    assert (reading.gtin, reading.lot, reading.serial) == (GTIN, "L_1", ODD)
    assert f"SN {ODD}" in first["text"]
    assert read(bx_scan(second["bx"])).serial == "B2"


def test_zpl_writes_the_link_for_a_qr_code_and_escapes_commands() -> None:
    design = Design(PACK_STOCKS["a4-24"], bears="qr", stem=STEM)
    label = PackLabel(GTIN, "A1", "L1", EXPIRY, "Ex^XZ~JA\\amplin é")
    stream = b"".join(pack_zpl(design.packs([label]), stock=design.stock, dpi=300, stem=STEM))
    (fields,) = zpl_fields(stream)
    assert fields["bq"].startswith("MA,")
    assert read(fields["bq"].removeprefix("MA,")).serial == "A1"
    assert "Ex^XZ~JA\\amplin é" in fields["text"]
    assert stream.count(b"^XZ") == 1
