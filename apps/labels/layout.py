"""Where everything stands on a label, in millimetres from its left top corner.

A module is as large as fits: 0.254 mm at least, as the General Specifications ask of symbols on medicines that are
scanned at the counter (table 8 of §5.12.3.8), and 0.6 mm at most; it shrinks to leave the text a size one can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.labels.lettering import BOLD, MM, PLAIN, shortened, width
from apps.labels.symbols import Symbol
from pharmatrace.kernel.refusal import Refused

MODULES = (0.6, 0.55, 0.5, 0.45, 0.423, 0.4, 0.38, 0.35, 0.33, 0.3, 0.28, 0.254)
GOOD_SIZE, LEAST_SIZE, MOST_SIZE = 6.0, 3.8, 10.0  # points
LEADING = 1.2
GAP = 1.5


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    symbol: Symbol
    x: float
    y: float
    module: float
    height: float = 0.0
    """Of the bars of a linear symbol."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """`y` is the base line; `size` in points."""

    text: str
    x: float
    y: float
    size: float
    font: str = PLAIN


@dataclass(frozen=True, slots=True)
class Placed:
    symbols: tuple[PlacedSymbol, ...]
    lines: tuple[PlacedLine, ...]


def pack_layout(
    symbols: Sequence[Symbol], name: str, lines: Sequence[str], *, wide: float, high: float,
    inner: float,
) -> Placed:  # fmt: skip
    """Symbols beside the text on a wide label, above it on an upright one. Raises `Refused` `label_too_small`."""
    room_x, room_y = wide - 2 * inner, high - 2 * inner
    upright = room_x < 1.2 * room_y
    best: tuple[float, float] | None = None  # size of text, module
    for module in MODULES:
        sides = [_side(symbol, module) for symbol in symbols]
        across, down = sum(sides) + GAP * (len(sides) - 1), max(sides)
        if across > room_x or down > room_y:
            continue
        block = (room_x, room_y - down - GAP) if upright else (room_x - across - GAP, room_y)
        size = _size(lines, *block)
        if best is None or size > best[0] + 0.01:
            best = size, module
        if size >= GOOD_SIZE:
            break
    if best is None or best[0] < LEAST_SIZE:
        raise Refused.one(
            "label_too_small",
            _("The code and its text do not fit on a label of %(wide)s × %(high)s mm.")
            % {"wide": f"{wide:g}", "high": f"{high:g}"},
            field="stock",
        )
    return _placed(symbols, name, lines, best[1], best[0], inner, room_x, room_y, upright)


def _side(symbol: Symbol, module: float) -> float:
    return (symbol.columns + 2 * symbol.quiet) * module


def _size(lines: Sequence[str], room_x: float, room_y: float) -> float:
    """As large as the longest line and all lines together allow; one line more for the name."""
    if room_x <= 0 or room_y <= 0:
        return 0.0
    longest = max(width(line) for line in lines)
    return min(MOST_SIZE, room_x / longest, room_y / ((len(lines) + 1) * LEADING) * MM)


def _placed(
    symbols: Sequence[Symbol], name: str, lines: Sequence[str], module: float, size: float,
    inner: float, room_x: float, room_y: float, upright: bool,
) -> Placed:  # fmt: skip
    placed = []
    left = inner
    for symbol in symbols:
        side, quiet = _side(symbol, module), symbol.quiet * module
        down = inner if upright else inner + (room_y - side) / 2
        placed.append(PlacedSymbol(symbol, left + quiet, down + quiet, module))
        left += side + GAP
    tallest = max(_side(symbol, module) for symbol in symbols)
    text_x = inner if upright else left
    text_room = room_x if upright else inner + room_x - left
    line = size * LEADING / MM
    block = (len(lines) + 1) * line
    top = inner + tallest + GAP if upright else inner + max(0.0, (room_y - block) / 2)
    said = [(shortened(name, font=BOLD, size=size, room=text_room), BOLD)]
    said += [(text, PLAIN) for text in lines]
    return Placed(
        tuple(placed),
        tuple(
            PlacedLine(text, text_x, top + (n + 0.8) * line, size, font)
            for n, (text, font) in enumerate(said)
        ),
    )
