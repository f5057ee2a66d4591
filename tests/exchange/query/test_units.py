"""Units are converted without loss, there and back."""

from __future__ import annotations

from fractions import Fraction

import pytest

from apps.exchange.query.units import UNITS, alike, comparison


@pytest.mark.parametrize(
    ("value", "code", "same", "other"),
    [
        ("20", "CEL", "68", "FAH"), ("0", "KEL", "-273.15", "CEL"), ("1", "LBR", "0.45359237", "KGM"),
        ("1", "KGM", "1000000", "MGM"), ("1", "MTQ", "1000", "LTR"), ("1", "HUR", "3600", "SEC"),
        ("36", "KMH", "10", "MTS"), ("1", "ATM", "1.01325", "BAR"), ("1", "KWH", "3600", "KJO"),
        ("60", "RPM", "1", "HTZ"), ("1", "SMI", "1.609344", "KMT"), ("45", "P1", "0.45", "C62"),
    ],
)  # fmt: skip
def test_the_same_in_two_units(value: str, code: str, same: str, other: str) -> None:
    first, second = UNITS[code], UNITS[other]
    assert first.quantity == second.quantity
    in_base = Fraction(value) * first.factor + first.zero
    assert in_base == Fraction(same) * second.factor + second.zero


def test_an_unknown_unit_is_alone() -> None:
    assert list(alike("ZZZ")) == ["ZZZ"]
    assert comparison("@.value", "==", Fraction(2), "ZZZ") == '(@.uom == "ZZZ" && @.value == 2)'


def test_a_comparison_is_of_whole_numbers() -> None:
    text = comparison("@.value", ">=", Fraction("20.5"), "CEL")
    assert '(@.uom == "CEL" && @.value * 20 + 5463 >= 5873)' in text
    assert "." not in text.replace("@.", "")
