"""One cell of a table as the value its column asks for.

Spreadsheets change what people type: a GTIN becomes 8.50007E+12, a serial loses its zeros, a lot becomes a date. What
that did is undone only where one value alone can have been meant; else the cell is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from apps.exchange.intake.columns import Column
from apps.exchange.intake.times import moment
from pharmatrace.kernel.gs1.characters import first_outside
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.dates import read_date
from pharmatrace.kernel.gs1.identifiers import gln, gtin14, serial, sscc
from pharmatrace.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that is no value: a formula, an error."""

    code: str
    sentence: str


Cell = str | int | float | bool | datetime | date | time | Odd | None
_EXCEL_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,}", re.IGNORECASE | re.ASCII)
_QUOTED = re.compile(r'="([^"=]*)"')  # how people keep Excel from changing a number in a CSV
_ESCAPED = re.compile(r"_x00(1[CDE])_", re.IGNORECASE)  # ECMA-376 part 1, §22.9.2.19
_CONTROL = re.compile("[\x00-\x1b\x1f\x7f-\x9f\u2028\u2029]")
_LENGTHS = {"gtin": 14, "gln": 13, "sscc": 18}
_KEYS = {"gtin": gtin14, "gln": gln, "sscc": sscc}
_REFERENCE = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]{1,50}", re.ASCII)
MOST_TEXT = 200
_EXACT = 10**15  # Excel keeps 15 digits


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def value_of(cell: Cell, column: Column, zone: ZoneInfo | None) -> Any:
    """The checked value: text, `date` for dates, aware `datetime` for times, int for counts. Raises Refused."""
    if isinstance(cell, Odd):
        raise Refused.one(cell.code, cell.sentence)
    if isinstance(cell, datetime | date | time):
        return _of_date(cell, column, zone)
    if isinstance(cell, bool):
        raise Refused.one("cell_type", f"{column.name} cannot be {str(cell).upper()}.")
    if isinstance(cell, int | float):
        return _of_number(cell, column)
    return _of_text(_clean(str(cell)), column, zone)


def _clean(text: str) -> str:
    text = text.strip(" \t\u00a0\ufeff")
    quoted = _QUOTED.fullmatch(text)
    text = quoted[1].strip() if quoted else text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if found := _CONTROL.search(text):
        raise Refused.one(
            "cell_characters",
            f"There is a control character or line break (U+{ord(found[0]):04X}) in the cell; "
            "is a quotation mark not closed?",
        )
    return text


def _of_text(text: str, column: Column, zone: ZoneInfo | None) -> Any:
    if column.reads == "time":
        return moment(text, zone)
    if _EXCEL_NUMBER.fullmatch(text) and column.reads not in ("text", "count"):
        raise Refused.one(
            "number_mangled",
            f"{text} is what a spreadsheet made of a number; the digits are lost. Make the column text and enter it again.",
        )
    if column.reads in _KEYS:
        return _key(text, column)
    if column.reads == "serial":
        return serial(text)
    if column.reads == "lot":
        return _lot(text)
    if column.reads == "date":
        return _day(text)
    if column.reads == "count":
        return _count(text)
    if column.reads == "reference":
        return _reference(text)
    if column.reads == "text" and len(text) > MOST_TEXT:
        raise Refused.one("too_long", f"{column.name} has at most {MOST_TEXT} characters.")
    return text


def _key(text: str, column: Column) -> str:
    """A key that lost its leading zeros is the same number, and its check digit says that it is whole."""
    length = _LENGTHS[column.reads]
    short = text.isascii() and text.isdigit() and 7 < len(text) < length
    if short and has_good_check_digit(text.zfill(length)):
        return text.zfill(length)
    return _KEYS[column.reads](text)


def _lot(text: str) -> str:
    place = first_outside(text, "X")
    if len(text) > 20 or place >= 0:
        raise Refused.one(
            "lot_characters", "A lot has 1 to 20 characters: letters, digits and some signs."
        )
    return text


def _day(text: str) -> date:
    found: date | None = None
    if len(text) == 6:
        found = read_date(text)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
    if found is None:
        raise Refused.one(
            "date_invalid", f"{text!r} is not a date like 2027-10-31, nor six digits like 271031."
        )
    return found


def _reference(text: str) -> str:
    """It becomes the end of a URI (CBV 2.0 §8.5.2)."""
    if not _REFERENCE.fullmatch(text):
        raise Refused.one(
            "reference_characters",
            "A delivery's number has 1 to 50 letters, digits or signs of - . _ ~ ! $ & ' ( ) * + , ; = : @ /",
        )
    return text


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII):
        raise Refused.one("count_invalid", f"{text!r} is not a whole number.")
    return int(text)


def _of_number(number: int | float, column: Column) -> Any:
    whole = number == number and abs(number) < _EXACT and number == int(number) and number >= 0
    if column.reads == "count" and whole:
        return int(number)
    if column.reads in _KEYS:
        digits = str(int(number)) if whole else ""
        length = _LENGTHS[column.reads]
        if 7 < len(digits) <= length and has_good_check_digit(digits.zfill(length)):
            return digits.zfill(length)
        raise Refused.one(
            "number_mangled",
            f"This cell is a number, and its digits are not a {column.reads.upper()} (any more). "
            "Make the column text and enter it again.",
        )
    if column.reads in ("date", "time"):
        raise Refused.one(
            "date_as_number",
            f"This cell is the number {number:g}; that can be a day counted by the spreadsheet or a date in "
            "digits. Make it a date, or text.",
        )
    raise Refused.one(
        "cell_is_number",
        f"This cell is a number; whether {column.name} began with zeros cannot be told. "
        "Make the column text and enter it again.",
    )


def _of_date(cell: datetime | date | time, column: Column, zone: ZoneInfo | None) -> Any:
    if isinstance(cell, datetime) and column.reads == "time":
        return moment(cell.isoformat(sep=" ", timespec="milliseconds"), zone)
    if column.reads == "date" and isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date()
    if column.reads == "date" and isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    raise Refused.one(
        "cell_is_date",
        f"The spreadsheet made a date or time of this cell; what {column.name} was cannot be told. "
        "Make the column text and enter it again.",
    )
