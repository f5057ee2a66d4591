"""The design's page shows every colour there is, and every pair that is read has the contrast it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from apps.desk import palette
from apps.desk.views.design import ICONS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("pair", palette.pairs(), ids=lambda p: f"{p.front.name} on {p.back.name}")
def test_what_is_read_stands_out(pair: palette.Pair) -> None:
    assert pair.light >= pair.needed
    assert pair.dark >= pair.needed


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert palette.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert palette.contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_every_colour_of_text_has_its_pair() -> None:
    read = {pair.front.name for pair in palette.pairs()}
    lines = {name for name in palette.colours() if name.endswith("-line")} | {"line"}
    grounds = {pair.back.name for pair in palette.pairs()}
    assert set(palette.colours()) == read | lines | grounds


def test_anybody_reads_the_page_and_finds_every_colour_on_it(client: Any, db: None) -> None:
    page = client.get("/design/").content.decode()
    for name, colour in palette.colours().items():
        assert f"--{name}<" in page
        assert f'fill="{colour.light}"' in page
        assert f'fill="{colour.dark}"' in page


def test_every_icon_of_the_sprite_is_shown() -> None:
    sprite = (ROOT / "static" / "icons" / "sprite.svg").read_text()
    assert set(re.findall(r'<symbol id="([a-z]+)"', sprite)) == set(ICONS)
