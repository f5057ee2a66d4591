"""Every template that another one names is there: a page that is rarely opened breaks as surely as one that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

NAMED = re.compile(r"""\{% (?:include|extends) ["']([^"']+)["']""")
TEMPLATES = tracked("templates/*.html")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_it_includes_is_there(file: Path) -> None:
    named = NAMED.findall(file.read_text())
    assert [name for name in named if not (ROOT / "templates" / name).is_file()] == []
