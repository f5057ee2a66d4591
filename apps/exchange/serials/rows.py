"""What a file says, row by row: a serial, and whatever else it tells of the pack.

A table has a column `serial` or `code`, or one column only; `gtin`, `lot` and `expiry` beside it are compared with the
batch, other columns are passed over. Of EPCIS, the commissioning events count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from apps.exchange.intake.cells import Cell, is_empty, value_of
from apps.exchange.intake.columns import COLUMNS
from apps.exchange.intake.csv_rows import csv_rows
from apps.exchange.intake.recognising import Form, recognise
from apps.exchange.intake.xlsx_rows import xlsx_rows
from apps.exchange.serials.epcis_rows import epcis_rows
from apps.exchange.serials.row import Problem, Row
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused

_NAMES = {
    "serial": "serial", "serials": "serial", "serial_number": "serial", "serialnumber": "serial", "sn": "serial",
    "code": "code", "scan": "code", "gtin": "gtin", "lot": "lot", "batch": "lot", "expiry": "expiry", "exp": "expiry",
}  # fmt: skip


def rows_of(path: Path) -> Iterator[Row]:
    """Every row that is not empty, with the number a spreadsheet shows. Raises `Refused` for what is no list."""
    form = _form(path)
    if form in ("json", "xml"):
        yield from epcis_rows(path, form)
        return
    source: Iterator[list[Any]] = csv_rows(path) if form == "csv" else xlsx_rows(path)
    header: Mapping[int, str] | None = None
    for number, cells in enumerate(source, start=1):
        if all(map(is_empty, cells)):
            continue
        if header is None:
            header, is_header = _header_of(cells, number)
            if is_header:
                continue
        yield _row(number, cells, header)


def _form(path: Path) -> Form:
    try:
        return recognise(path)
    except Refused as no:
        if no.codes != ("format_unknown",):
            raise
    with path.open("rb") as file:
        head = file.read(8192)
    if b"\x00" in head:
        raise Refused.one(
            "format_unknown", "This is neither a table (CSV or XLSX) nor EPCIS (JSON or XML)."
        )
    return "csv"  # one column needs no delimiter


def _header_of(cells: list[Cell], number: int) -> tuple[Mapping[int, str], bool]:
    """Names by column, and whether the row is a header at all."""
    found: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = _NAMES.get(str(cell).strip("\ufeff \t\u00a0").lower().replace(" ", "_"))
        if name and name not in found.values():
            found[index] = name
    if {"serial", "code"} & set(found.values()):
        return found, True
    if sum(not is_empty(cell) for cell in cells) == 1 and not found:
        return {next(i for i, cell in enumerate(cells) if not is_empty(cell)): "either"}, False
    raise Refused.one(
        "no_serial_column",
        f'Row {number}: one column must be headed "serial", or "code" for whole codes.',
        row=number,
    )


def _row(number: int, cells: list[Cell], header: Mapping[int, str]) -> Row:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, name in header.items():
        cell = cells[index] if index < len(cells) else None
        if is_empty(cell):
            continue
        try:
            values |= _values(cell, name)
        except Refused as no:
            shown = "serial" if name == "either" else name
            problems += [Problem(shown, one.code, one.sentence) for one in no.refusals]
    if not problems and "serial" not in values:
        problems.append(Problem("serial", "serial_missing", "The serial number is empty."))
    return Row(str(number), values, tuple(problems))


def _values(cell: Cell, name: str) -> dict[str, Any]:
    if name == "either":
        name = "code" if isinstance(cell, str) and _looks_like_a_code(cell) else "serial"
    if name != "code":
        return {name: value_of(cell, COLUMNS[name], None)}
    return read_code(value_of(cell, COLUMNS["code"], None) if not isinstance(cell, str) else cell)


def _looks_like_a_code(text: str) -> bool:
    return len(text.strip()) > 20 or text.lstrip().startswith(("(01)", "]"))


def read_code(text: str) -> dict[str, Any]:
    """The pack a code names, with what else it says. Raises `Refused`."""
    reading = read(text)
    if reading.problems:
        raise Refused(reading.problems)
    if reading.serial is None:
        raise Refused.one("serial_missing", "This code has no serial number.")
    said: dict[str, str | date | None] = {
        "serial": reading.serial, "gtin": reading.gtin, "lot": reading.lot, "expiry": reading.expiry,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}
