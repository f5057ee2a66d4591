"""The files of the repository that people wrote."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    """Files under version control that match, without those that are gone from the work tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    if not files:  # a copy without .git
        files = [file for pattern in patterns for file in ROOT.rglob(pattern) if ours(file)]
    return sorted(file for file in files if file.is_file())


def ours(file: Path) -> bool:
    parts = file.relative_to(ROOT).parts
    return not any(
        part in (".venv", "var", "__pycache__") or part.startswith(".") for part in parts
    )


def modules() -> list[Path]:
    """Our Python modules; migrations are written by Django."""
    return [
        file
        for file in tracked("*.py")
        if file.relative_to(ROOT).parts[0] in ("apps", "pharmatrace")
        and "migrations" not in file.parts
    ]
