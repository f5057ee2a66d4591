"""docs/epcis.md says what the code does."""

from __future__ import annotations

import re

import pytest

from apps.exchange.query import _EQUALS, _FAMILIES, _MATCHES, _SETTINGS, _TIMES
from pharmatrace.kernel.custody.kinds import SPELLINGS, Spelling, kind_of
from tests.house.sources import ROOT

TEXT = (ROOT / "docs" / "epcis.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \w+ \| \w+Event \|", line)
]


def word(text: str) -> str | None:
    return None if text == "none" else text


def spelled_in_the_table() -> dict[Spelling, str]:
    table = {}
    for kind, type, action, step, disposition, also in ROWS:
        for one in [disposition, *(also.split(", ") if also else ())]:
            table[Spelling(type, action, step, word(one))] = kind
    return table


def test_every_kind_has_its_row() -> None:
    first = {row[0]: Spelling(*row[1:4], word(row[4])) for row in reversed(ROWS)}
    assert first == {kind.value: spelling for kind, spelling in SPELLINGS.items()}


def test_the_table_reads_as_the_code_does() -> None:
    """Every combination of the words in it: what the table leaves out, the code refuses."""
    table = spelled_in_the_table()
    shapes = {spelling[:3] for spelling in table}
    dispositions = {spelling.disposition for spelling in table} | {"recalled", "unknown"}
    for type, action, step in shapes:
        for disposition in dispositions:
            kind = kind_of(type=type, action=action, biz_step=step, disposition=disposition)
            assert (kind and kind.value) == table.get(Spelling(type, action, step, disposition))


@pytest.mark.parametrize(
    "code",
    [
        "declared_unknown",
        "not_yours_to_declare",
        "never_reversed",
        "undo_window_over",
        "happened_since",
    ],
)
def test_every_reason_against_a_correction_is_named(code: str) -> None:
    assert f"`{code}`" in TEXT.partition("## Corrections")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", [*_EQUALS, *_MATCHES, *_SETTINGS, *_FAMILIES, *_TIMES])
def test_every_parameter_is_named(name: str) -> None:
    offered = TEXT.partition("**Query parameters offered**")[2].partition("Every other")[0]
    if name in _TIMES:
        prefix, _, name = name.partition("_")
        assert f"`{prefix}_`" in offered
    assert f"`{name}" in offered
