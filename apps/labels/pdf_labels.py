"""Labels on sheets, as PDF: symbols as filled rectangles, so that no printer and no viewer smooths a module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apps.labels.layout import Placed, PlacedLine, PlacedSymbol
from apps.labels.lettering import MM, printable
from apps.labels.pdf_writing import FONTS, pdf_string, write_pdf
from apps.labels.stocks import Stock


def sheets(labels: Iterable[Placed], *, stock: Stock, title: str, skip: int = 0) -> Iterator[bytes]:
    """The PDF in pieces, a page each. `skip` labels of the first sheet are used already."""
    return write_pdf(
        _pages(labels, stock, skip % stock.per_sheet),
        width=stock.width,
        height=stock.height,
        title=printable(title),
    )


def _pages(labels: Iterable[Placed], stock: Stock, skip: int) -> Iterator[bytes]:
    drawn: list[bytes] = []
    index = skip
    for label in labels:
        if index == stock.per_sheet:
            yield b"".join(drawn)
            drawn, index = [], 0
        x, y = stock.place(index)
        drawn.append(_draw(label, x, y, stock.height))
        index += 1
    yield b"".join(drawn)


def _draw(label: Placed, x: float, y: float, page: float) -> bytes:
    """One label whose corner is at `x`, `y` from the left top of a page `page` high."""
    parts = [_symbol(symbol, x, y, page) for symbol in label.symbols]
    parts += [_line(line, x, y, page) for line in label.lines]
    return b"".join(parts)


def _symbol(placed: PlacedSymbol, x: float, y: float, page: float) -> bytes:
    """In units of one module, rows from below; a linear symbol is as many units high as its bars."""
    symbol, unit = placed.symbol, placed.module * MM
    high = symbol.rows * placed.module if not placed.height else placed.height
    tall = placed.height / placed.module if placed.height else 1.0
    bars = b"".join(
        b"%d %d %d %g re\n" % (column, symbol.rows - 1 - row, length, tall)
        for row, column, length in symbol.bars
    )
    left, low = (x + placed.x) * MM, (page - y - placed.y - high) * MM
    return b"q %.5f 0 0 %.5f %.3f %.3f cm\n%bf Q\n" % (unit, unit, left, low, bars)


def _line(line: PlacedLine, x: float, y: float, page: float) -> bytes:
    return b"BT /%b %.2f Tf %.3f %.3f Td %b Tj ET\n" % (
        FONTS[line.font].encode(), line.size, (x + line.x) * MM, (page - y - line.y) * MM,
        pdf_string(line.text),
    )  # fmt: skip
