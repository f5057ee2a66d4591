"""A fresh folder per test, which the account of the server can reach when the tests run as root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pharmatrace-embedded-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)
