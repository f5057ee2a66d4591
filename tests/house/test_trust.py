"""docs/trust.md names a test for each attack: every one of them is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.sources import ROOT

TOLD = (ROOT / "docs" / "trust.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TOLD)))
ROWS = [line for line in TOLD.splitlines() if line.startswith("| ") and "shown by" not in line]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    body = ast.parse((ROOT / file).read_text()).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    assert any(name.startswith("test_") for name in names)
    assert not test or test in names


def test_every_row_names_a_test() -> None:
    assert len(ROWS) > 40
    assert [row for row in ROWS if "`tests/" not in row.rpartition(" | ")[2]] == []
