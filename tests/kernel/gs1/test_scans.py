"""Symbology identifiers and retail symbols."""

from __future__ import annotations

import pytest

from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.gs1.scan_writing import write_scan
from pharmatrace.kernel.refusal import Refused

PACK = "\x1d010401234511111810L1\x1d21SN42"


@pytest.mark.parametrize("carrier", ["DM", "QR", "DotCode", "GS1_128_CCA", "DataBarExpanded"])
def test_a_written_scan_is_read_as_what_it_says(carrier):
    reading = read(write_scan(carrier, PACK))
    assert reading.problems == ()
    assert reading.elements == {"01": "04012345111118", "10": "L1", "21": "SN42"}


def test_a_composite_is_read_with_the_symbol_beside_it():
    reading = read(write_scan("EAN13", "4012345111118", PACK.replace("0104012345111118", "")))
    assert reading.identity.path == "01/04012345111118/21/SN42"


@pytest.mark.parametrize(
    "scan", ["]E04012345111118", "]E3401234511111812", "]E3401234511111812345"]
)
def test_an_ean_is_a_product_with_or_without_an_add_on(scan):
    reading = read(scan)
    assert (reading.gtin, reading.sscc, reading.faults) == ("04012345111118", None, ())


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ("]E0401234511111", "gtin_length"),
        ("]E04012345111119", "gtin_check_digit"),
        ("]E112", "gtin_length"),
        ("]E04O12345111118", "gtin_characters"),
        ("]Q1hello", "unreadable"),
    ],
)
def test_wrong_symbols_are_refused(scan, code):
    reading = read(scan)
    assert (reading.identity, reading.gtin) == (None, None)
    assert reading.faults[0].code == code


@pytest.mark.parametrize(
    ("carrier", "message"),
    [("EAN13", "4012345111119"), ("DataBarLimited", "24012345678905"), ("NONE", ""),
     ("DataBarExpanded", "plain")],
)  # fmt: skip
def test_what_a_symbol_cannot_hold_is_not_written(carrier, message):
    with pytest.raises(Refused):
        write_scan(carrier, message)


def test_places_in_brackets_count_the_escapes():
    fault = read("(01)04012345111118(21)A\\(B#").faults[0]
    assert (fault.code, fault.data["place"]) == ("serial_characters", 26)


def test_an_unescaped_bracket_leaves_no_serial():
    reading = read("(01)04012345111118(21)AB(C)D")
    assert (reading.serial, reading.faults[0].code) == (None, "bracket")
    assert read("(01)04012345111118(21)AB(05)D").serial is None
