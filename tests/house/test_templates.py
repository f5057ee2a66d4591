"""Every template that another one names is there: a page that is rarely opened breaks as surely as one that is not. And
every identifier on it can be copied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

NAMED = re.compile(r"""\{% (?:include|extends) ["']([^"']+)["']""")
CODE = re.compile(
    r"""<\w+[^>]*class="(?:[\w-]+ )*code(?: [\w-]+)*"(?:[^>%]|%\}|\{%.*?%\})*>\{\{ ([^}|]+)"""
)

# What stands in the letters of codes without a button that copies it: lots, which people compare; rows of a form, where the button
# would be inside a label; proofs, which the page itself reads; secrets, which have a box of their own.
NOT_COPIED = {
    "answer.lot", "answer.recalled_lot", "line.batch.lot", "report.batch.lot", "scanned", "field.label", "field.record",
    "one.path", "line.raw", "line.ndc", "digest", "code", "serial", "value", "host", "form.secret",
    "application.organisation.gs1_prefixes", "organisation.gs1_prefixes",
}  # fmt: skip
TEMPLATES = tracked("templates/*.html")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_it_includes_is_there(file: Path) -> None:
    named = NAMED.findall(file.read_text())
    assert [name for name in named if not (ROOT / "templates" / name).is_file()] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_identifiers_can_be_copied(file: Path) -> None:
    if file.parent.name == "design":
        return
    lines = [line for line in file.read_text().splitlines() if "data-copyable" not in line]
    shown = {name.strip() for line in lines for name in CODE.findall(line)}
    assert shown - NOT_COPIED == set(), "show it with the tag `identifier`"
