"""A CSV file as rows: encoding and delimiter told from the content, one row in memory at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from apps.exchange.intake.recognising import HEAD, encoding_of
from pharmatrace.kernel.refusal import Refused

Rows = Iterator[list[str]]
_DELIMITERS = ",;\t"


def csv_rows(path: Path) -> Rows:
    """All rows, also empty ones, so that they count as in a spreadsheet. Raises Refused `csv_unreadable`."""
    with path.open("rb") as file:
        encoding = encoding_of(path, file.read(HEAD))
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as text:
            delimiter = _delimiter_of(text.readline(HEAD))
            text.seek(0)
            for row in csv.reader(text, delimiter=delimiter, strict=True):
                number += 1
                yield row
    except (csv.Error, UnicodeError) as error:
        raise Refused.one(
            "csv_unreadable", f"The table cannot be read after row {number}: {error}.", row=number
        ) from None


def _delimiter_of(header: str) -> str:
    """The sign that stands in the first row most often; a single column needs none."""
    return max(_DELIMITERS, key=header.count)
