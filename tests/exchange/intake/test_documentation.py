"""docs/files.md says of the templates and fates what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from apps.exchange.intake.columns import TEMPLATES
from apps.exchange.intake.fates import Word
from apps.exchange.intake.watching import UNFINISHED

PAGE = (Path(__file__).parents[3] / "docs" / "files.md").read_text()


def test_the_table_of_templates_is_that_of_the_code() -> None:
    said = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| ([\w, ]+) \|$", PAGE, re.MULTILINE)
    assert {kind: (acts, columns) for kind, acts, columns in said} == {
        kind: (", ".join(one.acts), ", ".join(one.columns[1:])) for kind, one in TEMPLATES.items()
    }


def test_every_fate_is_explained() -> None:
    for word in get_args(Word):
        assert f"| `{word}` |" in PAGE


def test_every_name_of_an_unfinished_upload_is_named() -> None:
    for ending in UNFINISHED:
        assert f"`{ending}`" in PAGE
