from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.gs1.identifiers import Sgtin
from pharmatrace.kernel.gs1.wedge_faults import diagnose

GTIN = "0104012345111118"
SCAN = "]d2" + GTIN + "21Sn-42\x1d10LOT1\x1d17271031"
OTHER = SCAN.replace("42", "43")
PACK = Sgtin("04012345111118", "Sn-42")


def test_a_good_scan_has_no_fault():
    found = diagnose(SCAN)
    assert (found.reading.identity, found.faults, found.repaired) == (PACK, (), False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SCAN.swapcase(), "caps_lock"),
        (SCAN * 2, "scan_repeated"),
        (SCAN * 3, "scan_repeated"),
        (f"{SCAN}\r\n{SCAN}\r\n", "scan_repeated"),
        (SCAN[3:] * 2, "scan_repeated"),
        (SCAN.replace("\x1d", "|"), "separator_replaced"),
        (SCAN.replace("\x1d", "{GS}"), "separator_replaced"),
        (SCAN.replace("\x1d", "<GS>"), "separator_replaced"),
        (SCAN.replace("\x1d", "\\u001d"), "separator_replaced"),
        (SCAN.replace("\x1d", "\x1b"), "separator_replaced"),
        (SCAN.replace("\x1d", " "), "separator_replaced"),
        (SCAN[1:], "prefix_damaged"),
        (SCAN[:1] + SCAN[2:], "prefix_damaged"),
        # What is left reads as ]d0 or ]C0 and a lot, without these.
        (SCAN[:2] + SCAN[3:], "prefix_damaged"),
        ("]C" + SCAN[3:], "prefix_damaged"),
    ],
)
def test_a_fault_that_leaves_one_reading_is_repaired_and_named(text, code):
    found = diagnose(text)
    assert found.repaired
    assert [fault.code for fault in found.faults] == [code]
    assert (found.reading.identity, found.reading.lot) == (PACK, "LOT1")
    assert found.reading.problems == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SCAN.upper(), "caps_lock"),
        (SCAN + OTHER, "scans_joined"),
        (SCAN + OTHER[3:], "scans_joined"),
        (SCAN[3:] + OTHER[3:], "scans_joined"),
        (f"{SCAN}\r\n{OTHER}", "scans_joined"),
        (SCAN + SCAN[:20], "scans_joined"),
        # Short enough to be a serial number as it stands: on a British keyboard @ is ".
        ("]d2" + GTIN + "17271031" + "21AB@10CD", "separator_replaced"),
        ("]d2" + GTIN + "17271031" + "10LOT121SN42", "separator_missing"),
        ("]d2" + GTIN + "21SN4210LOT117271031", "separator_missing"),
        (SCAN[2:], "prefix_damaged"),
        ("D2" + SCAN[3:].swapcase(), "prefix_damaged"),
        ("]D" + SCAN[3:].swapcase(), "prefix_damaged"),
        ("+" + SCAN[1:], "foreign_layout"),
        ("¨" + SCAN[1:], "foreign_layout"),
        ("]δ" + SCAN[2:].replace("S", "Σ"), "foreign_layout"),
        ("$déà&àé(&çç&ç''é!\"(é&yCH8'ùh&Qb\x1d&àDdVcX.t\x1d&èé(àéàç", "foreign_layout"),
        ("]dč0ą0čįą99ą9ėėčūęįčąyCHŪė'hąAb\x1dą0DdVcX<t\x1dąųčį0č09", "foreign_layout"),
        (SCAN.replace("-", "ß"), "foreign_layout"),
    ],
)
def test_a_fault_that_leaves_doubt_is_refused_with_what_to_do(text, code):
    found = diagnose(text)
    assert not found.repaired
    assert [fault.code for fault in found.faults] == [code]
    assert (found.reading.identity, found.reading.elements) == (None, {})
    assert found.reading.problem.code == code
    assert found.reading.problem.sentence.count(".") >= 2  # what is wrong, and what to do


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("", "", "separator_missing"), ("", "\x04", "separator_missing"), ("\x1d", "\x1d", "separator_replaced"),
     ("\x1d", "\x1d\x04", "separator_replaced")],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "]d1"])
def test_an_envelope_without_record_separators_is_known_by_its_head(prefix, start, end, code):
    fields = "06\x1d9N111234567842\x1d1TLOT1\x1dD271031\x1dSSn-42"
    found = diagnose(f"{prefix}[)>{start}{fields}{end}")
    assert (found.repaired, [fault.code for fault in found.faults]) == (True, [code])
    reading = found.reading
    assert (reading.product_code, reading.serial, reading.lot) == ("111234567842", "Sn-42", "LOT1")
    assert diagnose(f"{prefix}[)>{start}{fields}{end}".replace("842", "843")).reading.serial is None


def test_one_character_that_no_code_carries_throws_doubt_on_the_serial_number():
    found = diagnose(SCAN.replace("LOT1", "LOT@"))  # on an Irish keyboard " is @, and what else?
    assert found.reading.identity is None
    assert [one.code for one in found.reading.problems] == ["lot_characters", "layout_doubtful"]
    assert diagnose(SCAN.replace("LOT1", "LOT@"), layout_known=True).reading.identity == PACK


def test_a_lost_separator_is_put_back_where_only_one_place_is_possible():
    found = diagnose("]d2" + GTIN + "17271031" + "10LOTABCDEFGHIJ" + "21SERIALXYZ")
    assert found.repaired
    assert (found.reading.serial, found.reading.lot) == ("SERIALXYZ", "LOTABCDEFGHIJ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("]d2" + GTIN + "10LOT1\x1d17271031" + "21" + "1" * 21, "serial_length"),
        ("]d2" + GTIN + "10" + "1" * 21 + "\x1d17271031" + "21SN42", "lot_length"),
    ],
)
def test_what_is_too_long_is_not_cut_where_the_scanner_sends_separators(text, code):
    found = diagnose(text)
    assert not found.repaired
    assert [one.code for one in found.reading.problems] == [code]


@pytest.mark.parametrize(
    "text", ["https://id.gs1.org/01/04012345111118/21/Sn-42", "(01)04012345111118(21)Sn-42"]
)
def test_links_and_brackets_are_left_alone(text):
    assert diagnose(text).reading.identity == PACK


@given(st.text(max_size=80) | st.text("01724]d\x1dA|@ \r\n21", max_size=80))
def test_no_input_makes_it_raise(text):
    diagnose(text)
