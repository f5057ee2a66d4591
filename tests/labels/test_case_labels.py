from __future__ import annotations

import pytest

from apps.labels.content import CaseLabel
from apps.labels.design import Design
from apps.labels.pdf_labels import sheets
from apps.labels.stocks import CASE_STOCKS, PACK_STOCKS
from apps.labels.zpl import case_zpl
from pharmatrace.kernel.gs1.identifiers import make_sscc
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import EXPIRY, GTIN
from tests.labels.printed import pages, zpl_fields

SSCC = make_sscc("4", "560100", 1)
LABEL = CaseLabel(SSCC, "Mia Makes Medicines", "Porto", 10, "Examplin 40 mg", GTIN, "L1", EXPIRY)


@pytest.mark.parametrize("stock", CASE_STOCKS)
def test_the_bars_are_gs1_128_with_the_sscc(stock: str) -> None:
    design = Design(CASE_STOCKS[stock])
    pdf = b"".join(sheets([design.case(LABEL)], stock=design.stock, title=SSCC))
    (page,) = pages(pdf)
    (reading,) = page.readings()
    assert reading.sscc == SSCC
    assert page.codes()[0][0] == "]C1"
    for words in (f"(00) {SSCC}", "Mia Makes Medicines", "COUNT", "10", "BATCH/LOT", "L1", GTIN):
        assert words in page.text


def test_bars_are_as_wide_and_high_as_logistics_needs() -> None:
    placed = Design(CASE_STOCKS["a6"]).case(LABEL).symbols[0]
    assert placed.module >= 0.495
    assert placed.height >= 31.75


def test_a_label_for_packs_is_too_small_for_a_case() -> None:
    with pytest.raises(Refused) as no:
        Design(PACK_STOCKS["a4-24"]).case(LABEL)
    assert no.value.codes == ("label_too_small",)


def test_zpl_begins_in_subset_c_with_fnc1() -> None:
    design = Design(CASE_STOCKS["4x6"])
    stream = b"".join(case_zpl([(LABEL, design.case(LABEL))], stock=design.stock, dpi=203))
    (fields,) = zpl_fields(stream)
    assert fields["bc"] == f">;>800{SSCC}"
    assert read("]C1" + fields["bc"].removeprefix(">;>8")).sscc == SSCC
    assert "BATCH/LOT" in fields["text"]
