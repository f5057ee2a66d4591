"""The first sheet of an XLSX workbook as rows, read in a stream; nothing in it is calculated or fetched."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from apps.exchange.intake.cells import Cell, Odd
from pharmatrace.kernel.refusal import Refused

MOST_PARTS = 500
MOST_UNPACKED = 512 * 1024 * 1024
MOST_IN_MEMORY = 64 * 1024 * 1024  # of parts other than sheets: shared texts, styles
MOST_CELLS = 64  # in a row; no template has half as many columns
_HEAD = 65536
_FORMULA = Odd(
    "cell_formula", "This cell is a formula; formulas are not calculated here. Paste its value."
)
_ERROR = Odd("cell_error", "The spreadsheet shows an error in this cell.")


def xlsx_rows(path: Path) -> Iterator[list[Cell]]:
    """All rows, also empty ones. Raises Refused `xlsx_unreadable`, `xlsx_too_large`, `xml_forbidden`."""
    _check_parts(path)
    book = None
    try:
        with path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(file, read_only=True, keep_links=False)
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong one, and rows beyond it would be lost
            for row in _quietly(iter(sheet.iter_rows(max_col=MOST_CELLS))):
                yield [_value(cell) for cell in row]
    except Refused:
        raise
    except Exception as error:  # whatever the library stumbles over, the workbook is not in order
        raise _unreadable(type(error).__name__) from None
    finally:
        if book is not None:
            book.close()


def _quietly(rows: Iterator[Any]) -> Iterator[Any]:
    """Without the warnings about styles, extensions and impossible dates: the cells say it."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            row = next(rows, None)
        if row is None:
            return
        yield row


def _value(cell: Any) -> Cell:
    if cell.data_type == "f":
        return _FORMULA
    if cell.data_type == "e":
        return _ERROR
    value: Cell = cell.value
    return value


def _check_parts(path: Path) -> None:
    """Before anything is unpacked: how much it would be. What unpacks to more than it says fails its checksum."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise Refused.one(
                    "xlsx_unreadable", "The workbook is encrypted; save it without a password."
                )
            _check_sizes(parts)
            for part in parts:
                with book.open(part) as file:
                    _check_head(file.read(_HEAD), part.filename)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        OSError,
        EOFError,
        ValueError,
    ) as error:
        raise _unreadable(type(error).__name__) from None
    except RuntimeError as error:
        raise _unreadable(type(error).__name__) from None


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    kept = sum(part.file_size for part in parts if "worksheets/" not in part.filename)
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or kept > MOST_IN_MEMORY
    ):
        raise Refused.one(
            "xlsx_too_large",
            f"Unpacked, a workbook has at most {MOST_UNPACKED:,} octets here, and its texts {MOST_IN_MEMORY:,}; "
            "send larger tables as CSV.",
        )


def _check_head(head: bytes, name: str) -> None:
    """XML has no entities here, nor an encoding that would hide them."""
    hidden = b"\x00" in head[:64] and name.lower().endswith((".xml", ".rels"))
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or hidden:
        raise Refused.one("xml_forbidden", "A part of the workbook has a document type definition.")


def _unreadable(why: str) -> Refused:
    return Refused.one("xlsx_unreadable", f"The workbook cannot be read ({why}).")
