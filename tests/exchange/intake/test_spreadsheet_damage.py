"""What spreadsheets do to codes: undone where one value alone can have been meant, else refused with its cell."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from apps.exchange.intake.cells import value_of
from apps.exchange.intake.columns import COLUMNS
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import GTIN, LOT
from tests.exchange.intake.files import TIME, as_csv, as_xlsx, fates

NO_ZONE = datetime(2026, 11, 2, 9, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("gtin", 9521234543213, "09521234543213"),
        ("gtin", 9521234543213.0, "09521234543213"),
        ("gtin", "9521234543213", "09521234543213"),
        ("gtin", "12345670", "00000012345670"),
        ("gtin", '="09521234543213"', "09521234543213"),
        ("gtin", " 09521234543213\u00a0", "09521234543213"),
        ("gtin", "04012345678901"[:0] + "36000291452", "00036000291452"),
        ("site", 5601000000028, "5601000000028"),
        ("serial", "00123", "00123"),
        ("serial", '="00123"', "00123"),
        ("code", "01095_x001D_x", "01095\x1dx"),
        ("expiry", datetime(2027, 10, 31), date(2027, 10, 31)),  # noqa: DTZ001
        ("expiry", date(2027, 10, 31), date(2027, 10, 31)),
        ("expiry", "271000", date(2027, 10, 31)),
        ("quantity", 500, 500),
        ("quantity", 500.0, 500),
    ],
)
def test_certain_repairs(column: str, cell: Any, value: Any) -> None:
    assert value_of(cell, COLUMNS[column], None) == value


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("gtin", "8.50007E+12", "number_mangled"),
        ("gtin", "8,50007E+12", "number_mangled"),
        ("gtin", 8.50007e12, "number_mangled"),
        ("gtin", 9521234543214, "number_mangled"),
        ("gtin", -9521234543213, "number_mangled"),
        ("gtin", float("nan"), "number_mangled"),
        ("gtin", float("inf"), "number_mangled"),
        ("gtin", 1e300, "number_mangled"),
        ("gtin", "9521234543214", "gtin_check_digit"),
        ("sscc", 340123450000000000, "number_mangled"),
        ("serial", "1.23457E+11", "number_mangled"),
        ("serial", 123456789, "cell_is_number"),
        ("serial", 1.5, "cell_is_number"),
        ("serial", True, "cell_type"),
        ("lot", 4711, "cell_is_number"),
        ("lot", "1.00E+05", "number_mangled"),
        ("lot", NO_ZONE, "cell_is_date"),
        ("lot", time(3, 4), "cell_is_date"),
        ("serial", NO_ZONE, "cell_is_date"),
        ("expiry", 46326, "date_as_number"),
        ("expiry", 271031, "date_as_number"),
        ("expiry", NO_ZONE, "cell_is_date"),
        ("expiry", "31/10/2027", "date_invalid"),
        ("expiry", "2027-02-30", "date_invalid"),
        ("time", 46326.5, "date_as_number"),
        ("quantity", 1.5, "cell_is_number"),
        ("quantity", "1.000", "count_invalid"),
        ("name", "a" * 201, "too_long"),
        ("name", "two\nlines", "cell_characters"),
        ("serial", "A\x00B", "cell_characters"),
        ("shipment", "D 1", "reference_characters"),
    ],
)
def test_what_cannot_be_told_is_refused(column: str, cell: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        value_of(cell, COLUMNS[column], None)
    assert refused.value.codes == (code,)


@pytest.mark.django_db
def test_a_number_in_a_workbook_is_refused_with_its_cell(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "gtin", "serial", "lot", "expiry", "time"],
        ["commission", int(GTIN), "00123", LOT, "2027-10-31", TIME],
        ["commission", int(GTIN), 123, LOT, 271031, TIME],
    ]
    ack = desk(mia).imported(as_xlsx(rows))
    assert sorted(fates(ack)) == [
        (2, "accepted", []),
        (3, "unreadable", ["cell_is_number", "date_as_number"]),
    ]
    reasons = next(one["reasons"] for one in ack["lines"] if one["row"] == 3)
    assert [one["cell"] for one in reasons] == ["C3", "E3"]


@pytest.mark.django_db
def test_formulas_are_not_calculated(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "gtin", "serial", "lot", "expiry", "time"],
        ["commission", GTIN, '=CONCATENATE("A","1")', LOT, "2027-10-31", TIME],
    ]
    assert fates(desk(mia).imported(as_xlsx(rows))) == [(2, "unreadable", ["cell_formula"])]


@pytest.mark.django_db
def test_a_formula_in_a_csv_is_just_wrong_text(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "gtin", "serial", "lot", "expiry", "time"],
        ["commission", GTIN, '=HYPERLINK("http://evil.example","x")', LOT, "2027-10-31", TIME],
    ]
    ack = desk(mia).imported(as_csv(rows))
    assert fates(ack) == [(2, "unreadable", ["serial_length"])]
