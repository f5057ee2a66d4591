"""Style sheets are right-to-left ready and speak in tokens: no left or right, no colour outside tokens.css."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

SHEETS = tracked("static/css/*.css")
PHYSICAL = re.compile(
    r"^(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height)"
    r"|(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-\w+)*"
    r"|border-(?:top|bottom)-(?:left|right)-radius)$"
)
SIDES = re.compile(r"\b(?:left|right)\b")
FOUR = ("margin", "padding", "inset", "border-width", "border-color", "border-style")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:hsl|oklch|lab)\(", re.IGNORECASE)


def declarations(sheet: Path) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    text = re.sub(r"@(?:media|container|supports)[^{]*\{", "{", text)
    return [
        (name.strip(), value.strip())
        for block in re.findall(r"\{([^{}]*)\}", text)
        for name, _, value in (one.partition(":") for one in block.split(";"))
        if value
    ]


def physical(name: str, value: str) -> bool:
    """Whether a declaration means a side of the screen where it should mean a side of the text."""
    if PHYSICAL.match(name) or (name in ("text-align", "float", "clear") and SIDES.search(value)):
        return True
    parts = re.sub(r"\([^()]*\)", "()", value).split()
    return name in FOUR and len(parts) == 4 and parts[1] != parts[3]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("margin-left", "1rem", True), ("width", "1rem", True), ("text-align", "right", True),
        ("inset", "0 auto 0 0", True), ("padding", "0 0 1rem", False), ("inset", "0 auto 0 auto", False),
        ("inset-inline-start", "0", False), ("float", "inline-start", False), ("border-left-color", "red", True),
    ],
)  # fmt: skip
def test_what_counts_as_a_side_of_the_screen(name: str, value: str, expected: bool) -> None:
    assert physical(name, value) is expected


def test_nothing_means_left_or_right() -> None:
    assert len(SHEETS) > 5
    found = [
        f"{sheet.name}: {name}: {value}"
        for sheet in SHEETS
        for name, value in declarations(sheet)
        if physical(name, value)
    ]
    assert found == []


def test_colours_are_named_in_one_file() -> None:
    found = [
        f"{sheet.name}: {name}: {value}"
        for sheet in SHEETS
        if sheet.name != "tokens.css"
        for name, value in declarations(sheet)
        if COLOUR.search(value)
    ]
    assert found == []


def test_every_token_that_is_used_exists() -> None:
    text = {sheet: sheet.read_text() for sheet in SHEETS}
    named = {
        name for one in text.values() for name in re.findall(r"^\s*(--[a-z0-9-]+):", one, re.M)
    }
    used = {name for one in text.values() for name in re.findall(r"var\((--[a-z0-9-]+)", one)}
    assert used <= named


def test_no_sheet_is_too_large() -> None:
    assert {
        str(s.relative_to(ROOT)): n for s in SHEETS if (n := len(s.read_text().splitlines())) > 500
    } == {}


def test_no_template_has_a_style_of_its_own() -> None:
    """The policy forbids it, so it would silently do nothing."""
    named = [
        str(file.relative_to(ROOT))
        for file in tracked("templates/*.html")
        if re.search(r'\sstyle="', file.read_text())
    ]
    assert named == []
