"""A list on paper: A4 across, columns of fixed width, the head on the first page and the filter on every one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from apps.oversight.exports.table import Table, text_of
from pharmatrace.printable import printable

MEDIA_TYPE = "application/pdf"
MOST_ROWS = 5_000
MARGIN, LEADING, SIZE = 14 * mm, 9.5, 7
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
_MOST_LINES = 6  # of one cell
Lines = list[list[str]]
"""Of a row: for each column the lines of its cell."""


def pdf_file(table: Table) -> IO[bytes]:
    """The document, rewound."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    _Paper(table, target).write()
    target.seek(0)
    return target


class _Paper:
    def __init__(self, table: Table, target: IO[bytes]) -> None:
        self.table = table
        self.width, self.height = landscape(A4)
        self.canvas = Canvas(target, pagesize=(self.width, self.height), pageCompression=1)
        self.canvas.setTitle(printable(table.title))
        self.canvas.setAuthor(printable(table.made_by))
        room = self.width - 2 * MARGIN
        self.widths = [share * room for share in table.widths]
        self.page = 1
        self.y = self.height - MARGIN

    def write(self) -> None:
        for word, value in self.table.head:
            self._line([(0, word, BOLD), (60, value, PLAIN)], SIZE + 2)
        self.y -= LEADING
        self._columns()
        rows, count = iter(self.table.rows()), 0
        for row in islice(rows, MOST_ROWS):
            self._row([_wrapped(value, width) for value, width in self._cells(row)])
            count += 1
        cut = next(rows, None) is not None
        said = (
            f"The newest {count:,}; there are more: take CSV for all."
            if cut
            else f"{count:,} rows."
        )
        self._row([[said], *([[""]] * (len(self.widths) - 1))])
        self._foot()
        self.canvas.save()

    def _cells(self, row: Sequence[Any]) -> Iterator[tuple[str, float]]:
        for value, width in zip(row, self.widths, strict=True):
            yield text_of(value), width - 4

    def _columns(self) -> None:
        for name, x in self._places(self.table.columns):
            self._print(x, self.y - LEADING, name, BOLD, SIZE)
        self.y -= LEADING + 3
        self.canvas.line(MARGIN, self.y, self.width - MARGIN, self.y)

    def _row(self, cells: Lines) -> None:
        high = max(len(lines) for lines in cells) * LEADING + 2
        if self.y - high < MARGIN + LEADING:
            self._foot()
            self.canvas.showPage()
            self.page += 1
            self.y = self.height - MARGIN
            self._columns()
        for lines, x in self._places(cells):
            for number, text in enumerate(lines, start=1):
                self._print(x, self.y - number * LEADING, text, PLAIN, SIZE)
        self.y -= high

    def _places(self, values: Sequence[Any]) -> Iterator[tuple[Any, float]]:
        x = MARGIN
        for value, width in zip(values, self.widths, strict=True):
            yield value, x
            x += width

    def _line(self, pieces: Sequence[tuple[float, str, str]], size: float) -> None:
        self.y -= LEADING + 2
        for x, text, font in pieces:
            self._print(MARGIN + x, self.y, text, font, size)

    def _foot(self) -> None:
        said = f"{self.table.title}: {self.table.narrowed}. {self.table.head[2][1]}, {self.table.made_by}"
        self._print(MARGIN, MARGIN / 2, said[:180], PLAIN, SIZE)
        self.canvas.setFont(PLAIN, SIZE)
        self.canvas.drawRightString(self.width - MARGIN, MARGIN / 2, f"Page {self.page}")

    def _print(self, x: float, y: float, text: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, printable(text))


def _wrapped(text: str, room: float) -> list[str]:
    """Pieces that fit; what would be longer than a cell may be ends in dots."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split() or [""]:
        longer = f"{line} {word}".strip()
        if stringWidth(longer, PLAIN, SIZE) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while stringWidth(word, PLAIN, SIZE) > room and len(lines) < _MOST_LINES:
            cut = max(1, int(len(word) * room / stringWidth(word, PLAIN, SIZE)))
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    lines.append(line)
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], "..."]
