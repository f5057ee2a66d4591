"""A figure says truthfully whether it meets its target and how far from the limit it is."""

from __future__ import annotations

from datetime import date

import pytest

from pharmatrace.bench.figures import Figure, percentile
from pharmatrace.bench.report import MARK, as_json, as_markdown

SLOW = Figure("commission", "commission", 9.0, "s", target=8.0, more_is_better=False, limit=3.0)
FAST = Figure("seal", "seal", 20_000.0, "entries/s", target=10_000.0, limit=80_000.0)


def test_a_ceiling_and_a_floor_are_met_in_opposite_directions() -> None:
    assert SLOW.met is False
    assert FAST.met is True
    assert Figure("x", "x", 1.0, "s").met is None


def test_the_ratio_is_how_many_times_slower_than_the_limit() -> None:
    assert SLOW.ratio == pytest.approx(3.0)
    assert FAST.ratio == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)]
)  # fmt: skip
def test_percentiles_are_measured_values(share: float, expected: int) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected


def test_what_people_wrote_below_the_table_is_kept() -> None:
    first = as_markdown([SLOW], {}, command="bench", on=date(2026, 11, 20), old="")
    written = first + "\nWhy: the disk.\n"
    again = as_markdown([FAST], {}, command="bench", on=date(2026, 11, 21), old=written)
    assert again.endswith("Why: the disk.\n")
    assert again.count(MARK) == 1
    assert "**no**" in first and "**no**" not in again


def test_json_carries_the_verdicts() -> None:
    (slow,) = as_json([SLOW], {"memory": "1 GB"})["figures"]
    assert (slow["met"], slow["name"]) == (False, "commission")
