"""XLSX in write-only mode: rows go to disk as they come. A sheet has an end, and says so when it is reached."""

from __future__ import annotations

import tempfile
from itertools import islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from apps.oversight.exports.table import Table, text_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000


def xlsx_file(table: Table) -> IO[bytes]:
    """The workbook, rewound: a sheet that says what it is, and one with the rows."""
    book = Workbook(write_only=True)
    about, sheet = book.create_sheet("About"), book.create_sheet("Rows")
    sheet.append(list(table.columns))
    rows, count = iter(table.rows()), 0
    for row in islice(rows, MOST_ROWS):
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    cut = next(rows, None) is not None
    for word, value in (*table.head, ("Rows", _said(count, cut))):
        about.append([word, _cell(about, value)])
    target = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    book.save(target)
    target.seek(0)
    return target


def _said(count: int, cut: bool) -> str:
    return f"the newest {count:,}; there are more: take CSV for all" if cut else f"{count:,}"


def _cell(sheet: Any, value: Any) -> Any:
    """Text is text, also where it begins like a formula."""
    if isinstance(value, int):
        return value
    found = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text_of(value)))
    found.data_type = "s"
    return found
