"""The colours of the design, read from the style sheet that uses them, and how well they are read on each other.

Contrast is that of WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances. Text needs 4.5, what is
no text (lines of fields, the mark of the focus) needs 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

TEXT, SHAPE = 4.5, 3.0
_COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
_DARK = "@media (prefers-color-scheme: dark)"

# What stands on what, and how much contrast it needs there.
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "page", TEXT), ("ink", "surface", TEXT), ("ink", "sunken", TEXT),
    ("ink-soft", "page", TEXT), ("ink-soft", "surface", TEXT), ("ink-soft", "sunken", TEXT),
    ("accent", "page", TEXT), ("accent", "surface", TEXT), ("accent", "accent-wash", TEXT),
    ("ink", "accent-wash", TEXT), ("ink-soft", "accent-wash", TEXT),
    ("accent-ink", "accent", TEXT), ("accent-ink", "accent-hover", TEXT),
    *((tone, f"{tone}-wash", TEXT) for tone in ("good", "warn", "stop", "unknown")),
    *(("ink", f"{tone}-wash", TEXT) for tone in ("good", "warn", "stop", "unknown")),
    *((tone, "surface", TEXT) for tone in ("good", "warn", "stop", "unknown")),
    ("line-strong", "page", SHAPE), ("line-strong", "surface", SHAPE),
    ("focus", "page", SHAPE), ("focus", "surface", SHAPE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """A token and what it is in light and in dark."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Pair:
    """`front` on `back`, the ratio in light and in dark, and the ratio it needs."""

    front: Colour
    back: Colour
    light: float
    dark: float
    needed: float

    @property
    def enough(self) -> bool:
        return min(self.light, self.dark) >= self.needed


@lru_cache(maxsize=1)
def colours() -> Mapping[str, Colour]:
    """Every colour of `static/css/tokens.css` by its name."""
    text = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    light, _, dark = text.partition(_DARK)
    in_dark = dict(_COLOUR.findall(dark))
    return {
        name: Colour(name, value, in_dark.get(name, value))
        for name, value in _COLOUR.findall(light)
    }


def pairs() -> list[Pair]:
    """Every pair of `PAIRS` with its contrast."""
    known = colours()
    return [
        Pair(
            known[front],
            known[back],
            contrast(known[front].light, known[back].light),
            contrast(known[front].dark, known[back].dark),
            needed,
        )
        for front, back, needed in PAIRS
    ]


def contrast(one: str, other: str) -> float:
    """Of two colours `#rrggbb`: 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance: 0 for black to 1 for white."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
