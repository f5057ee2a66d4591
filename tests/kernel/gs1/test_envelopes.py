from __future__ import annotations

from datetime import date

import pytest

from pharmatrace.kernel.gs1.ifa import ppn_check_digits
from pharmatrace.kernel.gs1.read import read

HEAD, END = "[)>\x1e", "\x1e\x04"
FIELDS = "06\x1d9N111234567842\x1d1TLOT1\x1dD271031\x1dSSN42"


@pytest.mark.parametrize(
    "text",
    [HEAD + FIELDS + END, "]d1" + HEAD + FIELDS + END, HEAD + FIELDS, HEAD + FIELDS + "\x1e"],
)
def test_a_pack_with_a_ppn_is_read(text):
    reading = read(text)
    assert reading.faults == ()
    assert (reading.product_code, reading.gtin) == ("111234567842", None)
    assert (reading.lot, reading.serial) == ("LOT1", "SN42")
    assert reading.expiry == date(2027, 10, 31)


def test_a_ppn_is_no_gtin_so_no_package_is_named():
    reading = read(HEAD + FIELDS + END)
    assert (reading.identity, reading.problem.code) == (None, "no_package")


def test_a_gtin_in_format_06_names_the_pack():
    reading = read(HEAD + "06\x1d8P04012345111118\x1dSSN42" + END)
    assert reading.identity.path == "01/04012345111118/21/SN42"


def test_format_05_holds_gs1_elements():
    reading = read(HEAD + "05\x1d010401234511111810L\x1d21SN42" + END)
    assert reading.problems == ()
    assert reading.identity.path == "01/04012345111118/21/SN42"


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("06\x1d9N111234567843\x1dSA", "ppn_check_digit", 19),
        ("06\x1d9N11123456784x\x1dSA", "ppn_characters", 20),
        ("06\x1d9N1142\x1dSA", "ppn_length", 13),
        ("06\x1d9N111234567842\x1d1TL#\x1dSA", "lot_characters", 25),
        ("06\x1d9N111234567842\x1dD271340\x1dSA", "expiry_impossible", 23),
        ("06\x1d9N111234567842\x1dSA\x1dSB", "ai_repeated", 26),
        ("06\x1d9N111234567842\x1d?A", "unknown_identifier", 22),
        ("07\x1d9N111234567842", "envelope_format", 4),
        ("", "envelope_empty", 4),
    ],
)
def test_what_is_wrong_in_an_envelope_has_a_code_and_a_place(body, code, place):
    fault = read(HEAD + body + END).faults[0]
    assert (fault.code, fault.data["place"]) == (code, place)


def test_a_faulty_serial_is_not_returned():
    assert read(HEAD + "06\x1d9N111234567842\x1dSA\x1dSB" + END).serial is None


def test_check_digits_of_a_ppn():
    assert ppn_check_digits("1112345678") == "42"
    assert ppn_check_digits("1103752864") == "14"
