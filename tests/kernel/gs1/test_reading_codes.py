from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.dates import read_date
from pharmatrace.kernel.gs1.digital_link import build_link
from pharmatrace.kernel.gs1.element_strings import GS
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc
from pharmatrace.kernel.gs1.linters.registry import LINTERS
from pharmatrace.kernel.gs1.read import read

PACK = Sgtin("04012345111118", "SN-42")
CASE = Sscc("340123451111111111")
SERIALS = st.text(sorted(SET_82), min_size=1, max_size=20)
GTINS = st.text("0123456789", min_size=13, max_size=13).map(lambda body: body + check_digit(body))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("010401234511111817271031" + "10LOT1\x1d21SN-42", "element-string"),
        ("\x1d0104012345111118" + "21SN-42\x1d10LOT1\x1d17271031\r\n", "element-string"),
        ("]d20104012345111118" + "21SN-42\x1d10LOT1\x1d17271031", "element-string"),
        ("]Q3\x1d0104012345111118" + "10LOT1\x1d1727103121SN-42", "element-string"),
        ("(01)04012345111118(17)271031(10)LOT1(21)SN-42", "brackets"),
        ("https://id.gs1.org/01/04012345111118/10/LOT1/21/SN-42?17=271031", "digital-link"),
        ("HTTPS://mia.example/x/01/4012345111118/10/LOT1/21/SN%2D42?17=271031&linkType=gs1:pip",
         "digital-link"),
        ("mia.example/01/04012345111118/10/LOT1/21/SN-42?17=271031", "digital-link"),
    ],
)  # fmt: skip
def test_petra_reads_one_pack_from_every_carrier(text, source):
    reading = read(text)
    assert reading.problems == ()
    assert reading.source == source
    assert (reading.identity, reading.lot, reading.expiry) == (PACK, "LOT1", date(2027, 10, 31))


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("urn:epc:id:sgtin:4012345.011111.SN-42", PACK),
        ("urn:epc:id:sscc:4012345.3111111111", CASE),
        ("340123451111111111", CASE),
        ("00340123451111111111", CASE),
        ("]C100340123451111111111", CASE),
        ("(00)340123451111111111", CASE),
        ("https://dan.example/00/340123451111111111", CASE),
    ],
)
def test_urns_and_logistic_units(text, identity):
    reading = read(text)
    assert (reading.identity, reading.problems) == (identity, ())


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("0104012345111119" + "21SN", "gtin_check_digit", 15),
        ("(01)04012345111119(21)SN", "gtin_check_digit", 17),
        ("4012345111119", "gtin_check_digit", 12),
        ("340123451111111112", "sscc_check_digit", 17),
        ("0104012345111118" + "21S#N", "serial_characters", 19),
        ("0104012345111118" + "21" + "S" * 21, "serial_length", 38),
        ("0104012345111118", "serial_missing", 16),
        ("4012345111118", "serial_missing", 13),
        ("0104012345111118" + "05ABC", "unknown_ai", 16),
        ("0104012345111118" + "21A\x1d21B", "ai_repeated", 22),
        ("hello", "unreadable", 0),
        ("", "unreadable", 0),
        ("]d2", "unreadable", 3),
        ("https://mia.example/products/aspirin", "link_key_missing", 0),
        ("urn:epc:id:sgtin:4012345.11111.SN", "urn_form", 0),
    ],
)
def test_what_is_wrong_has_a_code_and_a_place(text, code, place):
    reading = read(text)
    assert reading.identity is None
    assert (reading.problem.code, reading.problem.data["place"]) == (code, place)
    assert reading.problem.sentence.endswith(".")


@pytest.mark.parametrize("expiry", ["271301", "270230", "270032"])
def test_a_wrong_expiry_is_told_and_does_not_hide_the_pack(expiry):
    reading = read(f"010401234511111817{expiry}21SN-42")
    assert reading.identity == PACK
    assert reading.expiry is None
    assert (reading.problem.code, reading.problem.data["place"]) == ("expiry_impossible", 18)


@pytest.mark.parametrize(
    "text",
    [
        "0104012345111118" + "17271031" + "21SN4210LOT1",
        "0104012345111118" + "21SN42" + "17271031" + "10LOT1",
        "0104012345111118" + "21SN42" + "10LOT1" + "17271031",
        "0104012345111118" + "17271031" + "10LOT121SN42",
        "0104012345111118" + "17271031" + "10LOT1ABCDEFGH21SERIAL4711",
    ],
)
def test_lost_separators_are_told_and_no_serial_is_guessed(text):
    reading = read(text)
    assert reading.identity is None
    assert reading.problem.code == "separator_missing"


@pytest.mark.parametrize("tail", ["10" * 2000, "17271031" * 500, "21" * 5000, "(01)" * 1000])
def test_absurd_scans_are_refused_at_once(tail):
    assert read("0104012345111118" + "21" + tail).identity is None


@given(GTINS, SERIALS)
def test_every_serial_survives_an_element_string(gtin, serial):
    text = f"01{gtin}17271031" + f"10L\x1d21{serial}"
    assert read(text).identity == Sgtin(gtin, serial)


@given(GTINS, SERIALS)
def test_every_serial_survives_a_link(gtin, serial):
    link = build_link("https://mia.example", gtin=gtin, serial=serial, lot="L/1")
    assert (read(link).identity, read(link).problems) == (Sgtin(gtin, serial), ())


@given(st.text(max_size=60) | st.text("01724()]d\x1dA/.:%?&=httpsurnec", max_size=60))
def test_no_input_makes_it_raise(text):
    read(text)


PIECES = ["01", "04012345111118", "21", "10", "17", "271031", "00", "A", GS, "(01)", "(21)", "8004",
          "[)>\x1e06\x1d", "9N", "8P", "S", "]E0", "https://id.gs1.org/", "/"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_a_scan_names_a_package_or_says_why_not(text):
    reading = read(text)
    assert (reading.identity is None) <= (reading.problem is not None)
    for problem in reading.problems:
        assert 0 <= problem.data["place"] <= len(text)


@pytest.mark.parametrize(
    ("yymmdd", "day"),
    [
        ("270200", date(2027, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("271031", date(2027, 10, 31)),
        ("770101", date(1977, 1, 1)),
        ("760101", date(2076, 1, 1)),
        ("270001", None),
        ("27103", None),
        ("2710 1", None),
    ],
)
def test_dates(yymmdd, day):
    assert read_date(yymmdd) == day


def test_the_century_follows_the_year_it_is_read_in():
    assert read_date("010101", today=date(1999, 1, 1)) == date(2001, 1, 1)
    assert read_date("500101", today=date(2000, 1, 1)) == date(2050, 1, 1)
    assert read_date("510101", today=date(2000, 1, 1)) == date(1951, 1, 1)


@pytest.mark.parametrize("code", ["179", "924", "926", "978"])
def test_currencies_in_use(code):
    """XAD (179) and VED came, HRK, SLL and ZWL went with the dictionary of 2026-01-27."""
    assert LINTERS["iso4217"](code) is None


@pytest.mark.parametrize("code", ["191", "694", "932", "000", "97", "9780"])
def test_currencies_out_of_use(code):
    assert LINTERS["iso4217"](code).code == "not_iso4217"
