"""The first answer is light: page, styles and first scripts together, as a server sends them compressed."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.test import Client

from tests.catalog.leaflet_files import leaflet_of
from tests.custody.goods import GTIN, Goods
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db
MOST = 50_000
_FILE = re.compile(r'(?:href|src|data-words)="/static/([^"#]+)[#"]')
_IMPORT = re.compile(r'^import [^;]*?"(\./[^"]+)";', re.MULTILINE)


def with_what_it_imports(name: str, found: set[str]) -> None:
    """The file, and what a module of it loads at once; what it loads later on demand does not count."""
    if name in found:
        return
    found.add(name)
    file = ROOT / "static" / name
    if file.suffix == ".js":
        for other in _IMPORT.findall(file.read_text()):
            with_what_it_imports(
                str((file.parent / other).resolve().relative_to(ROOT / "static")), found
            )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_answer_stays_under_fifty_kilobytes(
    language: str, sold: Goods, mia: Any, batch: Any, stranger: Client
) -> None:
    leaflet_of(mia, batch.product)
    page = stranger.get(f"/01/{GTIN}/21/S0?lang={language}").content
    files: set[str] = set()
    for name in _FILE.findall(page.decode()):
        with_what_it_imports(name, files)
    assert {"css/tokens.css", "css/public.css", "js/recheck.js", "icons/sprite.svg"} <= files
    sent = {name: len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in files}
    total = sum(sent.values()) + len(page)  # the page itself is not compressed by our server
    assert total < MOST, sent | {"page": len(page)}
