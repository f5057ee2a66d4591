"""The figures as a table in the terminal, as JSON, and as docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pharmatrace.bench.figures import Figure

MARK = "<!-- Everything above this line is written by `manage.py bench --write`; below it, by people. -->"


def as_text(figures: Sequence[Figure]) -> str:
    return "\n".join(_line(figure) for figure in figures)


def _line(figure: Figure) -> str:
    parts = [f"{figure.name:<17} {_number(figure.value)} {figure.unit}"]
    if figure.target is not None:
        parts.append(f"{_target(figure)}: {_verdict(figure)}")
    if figure.ratio is not None:
        parts.append(f"limit {_number(figure.limit)}, {figure.ratio:.1f} × from it")
    if figure.note:
        parts.append(figure.note)
    return "; ".join(parts)


def as_json(figures: Sequence[Figure], machine: dict[str, str]) -> dict[str, Any]:
    return {
        "machine": machine,
        "figures": [asdict(one) | {"met": one.met, "ratio": one.ratio} for one in figures],
    }


def as_markdown(
    figures: Sequence[Figure], machine: dict[str, str], *, command: str, on: date, old: str
) -> str:
    """The page; what people wrote below the mark in `old` is kept."""
    lines = [
        "# Performance",
        "",
        f"Measured on {on:%d %B %Y} by `{command}`: the real code against a private PostgreSQL that is thrown",
        "away afterwards, everything (database, web, the clients too) on the one machine, durable.",
        "",
        *(f"* {name}: {what}" for name, what in machine.items()),
        "",
        "A *limit* is the part of the work that cannot be left out, done alone in the same run; the last",
        "column says how many times slower the real thing is. Targets are those of DESIGN §9.",
        "",
        "| work | measured | at least | met | limit | × |",
        "|---|---|---|---|---|---|",
        *(_row(figure) for figure in figures),
        "",
        *(f"* `{figure.name}`: {figure.note}." for figure in figures if figure.note),
        "",
        "Limits: " + "; ".join(f"`{f.name}`: {f.limit_is}" for f in figures if f.limit_is) + ".",
        "",
        MARK,
    ]
    _, mark, kept = old.partition(MARK)
    return "\n".join(lines) + (kept if mark else "\n")


def _row(figure: Figure) -> str:
    limit = _number(figure.limit) if figure.limit else ""
    ratio = f"{figure.ratio:.1f}" if figure.ratio else ""
    return (
        f"| {figure.work} | {_number(figure.value)} {figure.unit} | {_target(figure)} |"
        f" {_verdict(figure)} | {limit} | {ratio} |"
    )


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'≥' if figure.more_is_better else '≤'} {_number(figure.target)}"


def _verdict(figure: Figure) -> str:
    return {True: "yes", False: "**no**", None: ""}[figure.met]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
