"""A leaflet's words as plain text, read into headings, paragraphs and lists for screen readers. Pure.

An empty line ends a paragraph. A short paragraph of one line that begins with a number and a full stop is a heading, as in
the template for leaflets of the European medicines authorities (“1. What Examplin is …”); lines that begin with a dash or
a dot are a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 100_000
_HEADING = re.compile(r"\d{1,2}\.\s+\S.{0,110}")
_ITEM = re.compile(r"\s*[-–•]\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """`kind` is heading, paragraph or list; a list has several lines."""

    kind: str
    lines: tuple[str, ...]


def parts_of(text: str) -> list[Part]:
    """The parts in order."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return [part for block in blocks if block for part in _parts(block.split("\n"))]


def _parts(lines: list[str]) -> list[Part]:
    if len(lines) == 1 and _HEADING.fullmatch(lines[0].strip()):
        return [Part("heading", (lines[0].strip(),))]
    first_item = next((at for at, line in enumerate(lines) if _ITEM.match(line)), len(lines))
    said = " ".join(line.strip() for line in lines[:first_item])
    found = [Part("paragraph", (said,))] if said else []
    items: list[str] = []
    for line in lines[first_item:]:
        if _ITEM.match(line):
            items.append(_ITEM.sub("", line, count=1).strip())
        else:
            items[-1] += " " + line.strip()
    return [*found, Part("list", tuple(items))] if items else found
