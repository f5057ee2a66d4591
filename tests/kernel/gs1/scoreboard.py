"""Runs one suite of public vectors, prints passed of total, and holds the list of exceptions to the
truth: what fails must be listed in docs/conformance.md, and what is listed must fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    # Not splitlines: the linters' vectors hold characters that it takes for the end of a line.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip().split("\n")]


def score(
    suite: str,
    rows: Iterable[Row],
    good: Callable[[Row], bool],
    exceptions: Iterable[str] = (),
    *,
    name: str = "src",
) -> None:
    """`good` judges one row; `name` is the field by which the exceptions name theirs."""
    rows = list(rows)
    assert rows, f"{suite} has no cases"
    failed = [row[name] for row in rows if not good(row)]
    print(f"{suite}: {len(rows) - len(failed)} of {len(rows)} passed")
    assert sorted(failed) == sorted(exceptions)
