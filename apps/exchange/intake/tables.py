"""A table as rows with checked values: the header against the columns we know, each row against its act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from apps.exchange.intake.cells import Cell, is_empty, value_of
from apps.exchange.intake.columns import ACTS, COLUMNS, Act
from apps.exchange.intake.csv_rows import csv_rows
from apps.exchange.intake.xlsx_rows import xlsx_rows
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_ROWS = 1_048_576  # of a spreadsheet
_ACT = COLUMNS["act"]


@dataclass(frozen=True, slots=True)
class Row:
    """`values` of the filled cells that were right; `refusals` name row, column and cell."""

    number: int
    act: Act | None
    values: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


def read_table(path: Path, form: str, zone: ZoneInfo | None) -> Iterator[Row]:
    """Raises Refused where there is no header that we know, or too many rows; rows begin with number 2."""
    header: dict[int, str] | None = None
    source: Iterator[list[Any]] = csv_rows(path) if form == "csv" else xlsx_rows(path)
    for number, cells in enumerate(source, start=1):
        if number > MOST_ROWS:
            raise Refused.one("too_many_rows", f"A table has at most {MOST_ROWS:,} rows.")
        if all(map(is_empty, cells)):
            continue
        if header is None:
            header = _header_of(cells, number)
        else:
            yield _row(number, cells, header, zone)
    if header is None:
        raise Refused.one("file_empty", "The table has no header.")


def place_in(row: int, index: int, name: str = "") -> dict[str, Any]:
    """Row, column and cell as a spreadsheet shows them."""
    named = {"column": name} if name else {}
    return {"row": row, **named, "cell": f"{get_column_letter(index + 1)}{row}"}


def _header_of(cells: list[Cell], number: int) -> dict[int, str]:
    names: dict[int, str] = {}
    wrong: list[Refusal] = []
    for index, cell in enumerate(cells):
        if is_empty(cell):
            continue
        name = str(cell).strip("\ufeff \t\u00a0").lower().replace(" ", "_")
        where = place_in(number, index)
        if name not in COLUMNS:
            wrong.append(
                Refusal("column_unknown", f"{str(cell)[:60]!r} is no column of a template.", where)
            )
        elif name in names.values():
            wrong.append(Refusal("column_twice", f"There are two columns {name}.", where))
        names[index] = name
    if "act" not in names.values():
        raise Refused.one(
            "format_unknown",
            "This table is not made from a template: its header has no column act. "
            "`manage.py template` makes one.",
        )
    if wrong:
        raise Refused(wrong)
    return names


def _row(number: int, cells: list[Cell], header: Mapping[int, str], zone: ZoneInfo | None) -> Row:
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    filled: set[str] = set()
    for index, cell in enumerate(cells):
        if is_empty(cell):
            continue
        name = header.get(index)
        if name is None:
            where = place_in(number, index)
            refusals.append(Refusal("cell_without_column", "This cell is in no column.", where))
            continue
        filled.add(name)
        try:
            values[name] = value_of(cell, COLUMNS[name], zone)
        except Refused as no:
            where = place_in(number, index, name)
            refusals += [
                Refusal(one.code, one.sentence, {**one.data, **where}) for one in no.refusals
            ]
    act = ACTS.get(str(values.get("act", "")).lower())
    indexes = {name: index for index, name in header.items()}
    refusals += _against(act, filled, number, indexes, values)
    return Row(number, act, values, tuple(refusals))


def _against(
    act: Act | None, filled: set[str], number: int, indexes: Mapping[str, int],
    values: Mapping[str, Any],
) -> list[Refusal]:  # fmt: skip
    if act is None:
        where = place_in(number, indexes["act"], "act")
        said = str(values.get("act", ""))[:40]
        return [Refusal("act_unknown", f"{said!r} is no act; there are {', '.join(ACTS)}.", where)]
    missing = [
        Refusal(
            "cell_missing",
            f"Row {number} has no {name}, which {act.word} needs.",
            place_in(number, indexes[name], name)
            if name in indexes
            else {"row": number, "column": name},
        )
        for name in act.must
        if name not in filled
    ]
    unused = [
        Refusal(
            "cell_unused",
            f"{act.word} has no {name}; it would not be recorded.",
            place_in(number, indexes[name], name),
        )
        for name in sorted(filled - {"act", *act.must, *act.may})
    ]
    return missing + unused
