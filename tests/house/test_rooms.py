"""Small rooms with names that say what lives there (STYLE)."""

from __future__ import annotations

import statistics

from tests.house.sources import ROOT, modules, tracked

FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "misc",
    "base",
    "manager",
    "managers",
}


def sizes() -> dict[str, int]:
    return {
        str(file.relative_to(ROOT)): lines
        for file in modules()
        if (lines := len(file.read_text().splitlines()))
    }


def test_no_room_is_too_large() -> None:
    assert {name: lines for name, lines in sizes().items() if lines > 600} == {}


def test_nine_in_ten_are_under_300_lines() -> None:
    large = {name: lines for name, lines in sizes().items() if lines >= 300}
    assert len(large) <= len(sizes()) / 10, large


def test_the_median_is_under_100_lines() -> None:
    assert statistics.median(sizes().values()) < 100


def test_every_name_says_what_lives_there() -> None:
    named = [*modules(), *tracked("tests/*.py")]
    assert [str(file) for file in named if {file.stem, file.parent.name} & FORBIDDEN] == []
