"""What the fuzzer (`make fuzz`) found in the readers of GS1 data, each by the law that was broken."""

from __future__ import annotations

import pytest

from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.gs1.wedge_faults import diagnose
from pharmatrace.kernel.refusal import Refused


@pytest.mark.parametrize("link", ["https://a/01/02123456", "https://a/01/412000336108"])
def test_the_place_of_a_wrong_check_digit_is_in_the_scan_even_for_a_short_gtin(link):
    (problem,) = open_link(link)[1].problems
    assert link[problem.data["place"]] == link[-1]
    assert problem.data["place"] == len(link) - 1
    assert read(link).problems[0].data["place"] == len(link) - 1


@pytest.mark.parametrize(
    "link",
    [
        "https://id.gs1.org/414/1234567890123/254/1\ud800111",
        "https://id.gs1.org/8010/12345\udfff67",
    ],
)
def test_a_link_with_half_a_character_has_no_other_normal_form(link):
    assert normal_uri(link) == link


def test_a_scan_whose_layout_is_in_doubt_names_no_logistic_unit():
    found = diagnose("20\x002003312020033120200331")
    assert [fault.code for fault in found.faults] == ["layout_doubtful"]
    assert found.reading.identity is None


def test_a_part_has_no_serial_number_with_a_leading_zero():
    """TDS 2.0 §6.3: the serial of a CPI is a number; AI 8011 has no leading zero."""
    with pytest.raises(Refused) as caught:
        translate("urn:epc:id:cpi:0614141.123ABC.0234")
    assert caught.value.codes == ("urn_form",)
    assert translate("urn:epc:id:cpi:0614141.123ABC.234").endswith("/8011/234")


@pytest.mark.parametrize("link", ["https://id.gs1.23-1", "https://a?01=1", "https://a#/01/1"])
def test_a_link_without_a_path_has_no_key(link):
    assert [problem.code for problem in open_link(link)[1].problems] == ["link_key_missing"]


def test_other_digits_than_ascii_make_no_short_gtin():
    assert open_link("https://a/01/%B2%B2%B2%B2%B2%B2%B2%B2")[1].problems
