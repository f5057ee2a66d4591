"""The pictures of the screens: one table, each screen once, and a page that shows them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pharmatrace.demo.cast import CAST
from tests.screens.index import index
from tests.screens.table import SCREENS, TITLES

FOLDER = Path(__file__).parents[2] / "docs" / "screens"


def test_every_screen_has_a_name_of_its_own_and_somebody_who_looks() -> None:
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in names)
    assert {screen.who for screen in SCREENS} <= set(TITLES) <= {"", *CAST}


def test_the_index_shows_every_screen_twice() -> None:
    text = index(SCREENS)
    for screen in SCREENS:
        assert len(re.findall(rf'<img src="{screen.name}-\d+-', text)) == 2, screen.name


def test_every_picture_of_the_page_is_there_and_they_are_small() -> None:
    if not FOLDER.is_dir():
        pytest.skip("no pictures were made yet: make screenshots")
    shown = set(re.findall(r'src="([^"]+)"', (FOLDER / "README.md").read_text()))
    assert shown == {file.name for file in FOLDER.glob("*.webp")}
    sizes = [file.stat().st_size for file in FOLDER.glob("*.webp")]
    assert sum(sizes) < 45_000 * len(sizes)
