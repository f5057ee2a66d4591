"""Without calibration some scans cannot be told from those of another layout: they say so."""

from __future__ import annotations

from collections import Counter

import pytest

from pharmatrace.kernel.gs1.calibration import calibrate
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from pharmatrace.kernel.gs1.wedge_faults import diagnose
from tests.kernel.gs1.wedges import Wedge, data_set, random_pack

PACK = "]d2010251991944283521"


def caveats(text: str) -> list[tuple[str, str]]:
    return [(one.code, one.data["characters"]) for one in diagnose(text).caveats]


def test_one_text_is_typed_for_two_codes_by_two_layouts(conformance):
    codes = data_set(conformance)["layouts"]["Greek319Latin"]
    typed = codes["Barcode3"]
    own = calibrate("]d1" + REFERENCE).read(typed)
    greek = calibrate(codes["Baseline"]).read(typed)
    assert own.identity and greek.identity and not own.problems and not greek.problems
    assert own.identity != greek.identity
    assert caveats(typed) == [("layout_unproven", ")/:")]


def test_whatever_is_read_wrongly_without_calibration_has_the_caveat(conformance):
    score: Counter[str] = Counter()
    for name, codes in data_set(conformance)["layouts"].items():
        wedge = Wedge(codes)
        for seed in range(60):
            content, elements = random_pack(seed)
            typed = wedge.type(content)
            if typed is None:
                continue
            found = diagnose(typed)
            if found.reading.identity and found.reading.elements != elements:
                score[name] += 1
                assert found.caveats, (typed, elements)
    assert set(score) == {"Greek319Latin"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PACK + "12345\x1d10987", []),
        (PACK + "AbCyZ5\x1d10L7", []),
        (PACK + "A-5\x1d10L/7", [("layout_unproven", "-/")]),
        (PACK[3:] + "12345\x1d10987", []),
        (PACK[3:] + "Y5\x1d10Z7", [("layout_unproven", "YZ")]),
        ("https://id.gs1.org/01/02519919442835/21/A-5", []),
    ],
)
def test_the_caveat_names_what_another_layout_may_have_moved(text, expected):
    assert caveats(text) == expected


def test_a_calibrated_scanner_has_no_caveats():
    learned = calibrate("]d1" + REFERENCE)
    assert learned.diagnose(PACK + "A-5\x1d10L/7").caveats == ()
    assert learned.read(PACK + "A-5\x1d10L/7").elements == read(PACK + "A-5\x1d10L/7").elements
