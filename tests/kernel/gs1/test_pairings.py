from __future__ import annotations

import pytest

from pharmatrace.kernel.gs1.read import read

GTIN = "(01)04012345111118"


@pytest.mark.parametrize(
    ("text", "ai", "other", "place"),
    [
        (f"{GTIN}(37)12", "01", "37", 4),
        (f"{GTIN}(21)A(235)B", "21", "235", 22),
        (f"{GTIN}(3103)000195(3102)001950", "3103", "3102", 24),
        ("(8017)952012345678912345(8018)952012345678912345", "8017", "8018", 6),
    ],
)
def test_a_forbidden_pair_is_a_fault_of_the_scan(text, ai, other, place):
    fault = read(text).faults[0]
    assert (fault.code, fault.data["ai"]) == ("ai_pair_forbidden", ai)
    assert (fault.data["other"], fault.data["place"]) == (other, place)


def test_an_identifier_does_not_exclude_itself():
    assert read(f"{GTIN}(3103)000195").faults == ()


@pytest.mark.parametrize(
    ("text", "ai"),
    [
        ("(21)A", "21"),
        ("(02)04012345111118(37)5", "37"),
        (f"{GTIN}(250)X", "250"),
        (f"{GTIN}(3922)0299", "3922"),
    ],
)
def test_a_missing_partner_is_told_but_may_stand_in_another_symbol(text, ai):
    reading = read(text)
    assert reading.faults == ()
    assert [one.data["ai"] for one in reading.missing_partners if one.data["ai"] == ai] == [ai]


@pytest.mark.parametrize(
    "text",
    [
        f"{GTIN}(21)A(250)X",
        f"{GTIN}(3922)0299(3103)000195",
        "(00)340123451111111111(02)04012345111118(37)5",
    ],
)
def test_partners_that_are_there_are_not_missed(text):
    assert read(text).missing_partners == ()


def test_a_signature_needs_a_serialised_key():
    assert read("(253)9521321000018(8030)ABC").faults[0].code == "digsig_serial_missing"
    assert read("(253)9521321000018X(8030)ABC").faults == ()
