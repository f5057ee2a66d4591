"""The templates as files: CSV with its header alone, XLSX with a sheet that explains every column."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from apps.exchange.intake.columns import ACTS, COLUMNS, TEMPLATES, Template

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
_FORMATTED_ROWS = 1_000
_TEXT = "@"
_BOLD = Font(bold=True)


def template(kind: str, form: str) -> bytes:
    """`kind` is a name of TEMPLATES, `form` csv or xlsx."""
    chosen = TEMPLATES[kind]
    return _csv(chosen) if form == "csv" else _xlsx(chosen)


def _csv(chosen: Template) -> bytes:
    """With the mark that lets Excel read UTF-8. No example row: it would be recorded."""
    return ("\ufeff" + ",".join(chosen.columns) + "\r\n").encode()


def _xlsx(chosen: Template) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = chosen.kind
    sheet.append(list(chosen.columns))
    sheet.freeze_panes = "A2"
    for index, name in enumerate(chosen.columns, start=1):
        sheet.cell(1, index).font = _BOLD
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(14, len(COLUMNS[name].example) + 2)
        if COLUMNS[name].reads != "count":  # so that the spreadsheet leaves what is typed as it is
            sheet.column_dimensions[letter].number_format = _TEXT
            for row in range(2, _FORMATTED_ROWS + 2):
                sheet.cell(row, index).number_format = _TEXT
    _validate(sheet, chosen)
    _explain(book.create_sheet("columns"), chosen)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _validate(sheet: Worksheet, chosen: Template) -> None:
    """The words of `act` to choose from, and lengths where there is one."""
    words = DataValidation(type="list", formula1=f'"{",".join(chosen.acts)}"', allow_blank=True)
    words.error, words.showErrorMessage = f"One of: {', '.join(chosen.acts)}", True
    words.add("A2:A1048576")
    sheet.add_data_validation(words)
    for name, length in (("sscc", "18"), ("to", "13"), ("from", "13"), ("site", "13")):
        if name in chosen.columns:
            letter = get_column_letter(chosen.columns.index(name) + 1)
            one = DataValidation(
                type="textLength", operator="equal", formula1=length, allow_blank=True
            )
            one.error, one.showErrorMessage = f"{name} has {length} digits.", True
            one.add(f"{letter}2:{letter}1048576")
            sheet.add_data_validation(one)


def _explain(sheet: Worksheet, chosen: Template) -> None:
    sheet.append(["column", "what stands in it", "example", "needed for", "allowed for"])
    for cell in sheet[1]:
        cell.font = _BOLD
    acts = [ACTS[word] for word in chosen.acts]
    for name in chosen.columns:
        column = COLUMNS[name]
        must = ["every row"] if name == "act" else [act.word for act in acts if name in act.must]
        may = [act.word for act in acts if name in act.may]
        meaning = (
            f"{column.meaning} Here: {', '.join(chosen.acts)}." if name == "act" else column.meaning
        )
        example = chosen.acts[0] if name == "act" else column.example
        sheet.append([name, meaning, example, ", ".join(must), ", ".join(may)])
        sheet.cell(sheet.max_row, 3).number_format = _TEXT
    for letter, width in zip("ABCDE", (16, 90, 36, 30, 30), strict=True):
        sheet.column_dimensions[letter].width = width
