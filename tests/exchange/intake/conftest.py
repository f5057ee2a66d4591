from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.intake.files import Desk


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    settings.INTAKE_DIR = tmp_path / "intake"


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[Any], Desk]:
    """`desk(mia).imported(content)` is what Mia's import of a file says."""
    folder = tmp_path / "files"
    folder.mkdir()
    return lambda who: Desk(folder, who)
