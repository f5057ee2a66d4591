"""biip, written by others from the same standard, reads what we write, and the other way round."""

from __future__ import annotations

from datetime import date

import biip
import pytest
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from hypothesis import given, settings
from hypothesis import strategies as some

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.element_strings import read_element_string, write_element_string
from pharmatrace.kernel.gs1.read import read

DIGITS = "0123456789"
TEXTS = some.text(sorted(SET_82), min_size=1, max_size=20)
GTINS = some.text(DIGITS, min_size=13, max_size=13).map(lambda body: body + check_digit(body))
SSCCS = some.text(DIGITS, min_size=17, max_size=17).map(lambda body: body + check_digit(body))
DAYS = some.dates(date(2000, 1, 1), date(2049, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
OTHERS = some.dictionaries(
    some.sampled_from(["240", "241", "250", "400", "90", "98", "710", "8012"]), TEXTS, max_size=3
)


@some.composite
def packs(draw):
    """Elements of a pack in any order."""
    found = {"01": draw(GTINS), "21": draw(TEXTS), "10": draw(TEXTS), "17": draw(DAYS)}
    found |= {"30": draw(some.text(DIGITS, min_size=1, max_size=8))}
    found |= draw(OTHERS)
    return {ai: found[ai] for ai in draw(some.permutations(sorted(found)))}


@settings(max_examples=300, deadline=None)
@given(packs())
def test_biip_reads_the_element_strings_that_we_write(elements):
    theirs = GS1Message.parse(write_element_string(elements))
    assert {one.ai.ai: one.value for one in theirs.element_strings} == elements
    assert read_element_string(write_element_string(elements)).values == elements


@settings(max_examples=200, deadline=None)
@given(packs())
def test_a_scan_means_the_same_to_both(elements):
    scan = "]d2" + write_element_string(elements)[1:]
    ours, theirs = read(scan, today=date(2026, 11, 20)), biip.parse(scan)
    message = theirs.gs1_message
    assert message is not None and ours.gtin == elements["01"]
    assert (ours.serial, ours.lot) == (elements["21"], elements["10"])
    their_day = message.element_strings.get(ai="17")
    assert their_day is not None and ours.expiry == their_day.date


@settings(max_examples=200, deadline=None)
@given(SSCCS)
def test_both_read_a_logistic_unit(sscc):
    theirs = biip.parse(f"]C100{sscc}")
    assert theirs.sscc is not None and read(f"]C100{sscc}").sscc == theirs.sscc.value == sscc


@settings(max_examples=300, deadline=None)
@given(GTINS, some.integers(0, 9))
def test_both_refuse_the_same_check_digits(gtin, last):
    text = gtin[:-1] + str(last)
    good = not read(f"]d201{text}21A").faults
    assert good == (text == gtin)
    try:
        Gtin.parse(text)
        their_verdict = True
    except biip.ParseError:
        their_verdict = False
    assert their_verdict == good


@pytest.mark.parametrize("day", ["260200", "240200", "261100", "250400"])
def test_day_00_is_the_last_of_the_month_to_both(day):
    theirs = GS1Message.parse(f"17{day}").element_strings.get(ai="17")
    assert theirs is not None
    assert read(f"]d2010952123454321317{day}21A").expiry == theirs.date
