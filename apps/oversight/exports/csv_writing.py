"""CSV (RFC 4180, UTF-8), row by row. What a spreadsheet would take for a formula is made text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from apps.oversight.exports.table import Table, text_of

MEDIA_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LINES = 500  # sent together


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_pieces(table: Table) -> Iterator[bytes]:
    """The file: what it is, an empty line, the names of the columns, the rows."""
    writer = csv.writer(_Echo())
    lines = ["\ufeff", *(writer.writerow([word, safe(value)]) for word, value in table.head)]
    lines += [writer.writerow([]), writer.writerow(table.columns)]
    for row in table.rows():
        lines.append(writer.writerow([cell(value) for value in row]))
        if len(lines) >= _LINES:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def cell(value: Any) -> Any:
    return value if isinstance(value, int) else safe(text_of(value))


def safe(text: str) -> str:
    """Behind an apostrophe, as spreadsheets mark text, where a formula could begin."""
    return f"'{text}" if text.startswith(_FORMULA) else text
