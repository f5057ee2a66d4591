"""Reasons as JSON: short, and without anything JSON cannot hold, whatever a partner's file had in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pharmatrace.kernel.refusal import Refusal

MOST_REASONS = 20
MOST_SENTENCE, MOST_VALUE, MOST_LISTED = 600, 200, 20


def told(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Code, sentence and the data that caused it, of the first twenty reasons."""
    reasons = list(refusals)
    bodies = [
        {"code": one.code, "sentence": _cut(one.sentence, MOST_SENTENCE), **_data(one.data)}
        for one in reasons[:MOST_REASONS]
    ]
    if len(reasons) > MOST_REASONS:
        more = f"{len(reasons) - MOST_REASONS:,} more reasons are not listed."
        bodies.append({"code": "more_reasons", "sentence": more})
    return bodies


def as_line(value: Any) -> bytes:
    """One line of JSON in UTF-8. A lone surrogate becomes `?`."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str)
    return text.encode("utf-8", "replace")


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _small(value) for name, value in data.items() if name != "refusals"}


def _small(value: Any) -> Any:
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else _cut(str(value), MOST_VALUE)
    if isinstance(value, list | tuple | set | frozenset):
        return [_small(one) for one in list(value)[:MOST_LISTED]]
    return _cut(str(value), MOST_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
