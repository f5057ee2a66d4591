"""Serial numbers nobody can guess, and that a restarted job makes again exactly.

Delegated Regulation (EU) 2016/161 art. 4: at most 20 characters, and a chance below 1 in 10,000 to guess one. Fourteen
letters of a 32-letter alphabet are 70 bits; 0, 1, I and O, which people confuse, are left out.
"""

from __future__ import annotations

import csv
import hmac
import io
from base64 import b32encode
from collections.abc import Iterator

from pharmatrace.kernel.gs1.identifiers import serial as read_serial
from pharmatrace.kernel.refusal import Refusal, Refused

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 14
MOST_ERRORS = 50
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


def generate(secret: bytes, start: int, stop: int) -> Iterator[str]:
    """Serials number `start` to `stop - 1` of the sequence that `secret` names."""
    for index in range(start, stop):
        digest = hmac.digest(secret, index.to_bytes(8, "big"), "sha256")
        yield b32encode(digest[:10])[:LENGTH].translate(_OURS).decode()


def read_csv(content: bytes) -> list[str]:
    """One serial per row, in the column `serial` or the only column; raises with every bad row named.

    Rows are numbered as a spreadsheet numbers them. Empty rows are passed over.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused.one(
            "not_utf8", f"The file is not UTF-8 text (byte {error.start}).", byte=error.start
        ) from None
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise Refused.one("not_csv", f"The file is not a list of rows: {error}.") from None
    column, first = _column(rows)
    serials: dict[str, int] = {}
    errors: list[Refusal] = []
    for number, row in enumerate(rows[first:], start=first + 1):
        if not any(cell.strip() for cell in row):
            continue
        try:
            value = read_serial(row[column].strip() if column < len(row) else "")
        except Refused as refused:
            errors.append(_at_row(refused.refusals[0], number))
            continue
        if value in serials:
            errors.append(
                Refusal(
                    "serial_twice",
                    f"Row {number}: serial {value} stands already in row {serials[value]}.",
                    {"row": number},
                )
            )
        serials.setdefault(value, number)
    if errors:
        raise Refused(errors[:MOST_ERRORS])
    if not serials:
        raise Refused.one("no_serials", "The file has no serial numbers.")
    return list(serials)


def _column(rows: list[list[str]]) -> tuple[int, int]:
    """Which column holds the serials, and how many header rows there are."""
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "serial" in header:
        return header.index("serial"), 1
    if any(len(row) > 1 for row in rows):
        raise Refused.one(
            "no_serial_column", 'Row 1: with several columns, one must be headed "serial".', row=1
        )
    return 0, 0


def _at_row(refusal: Refusal, number: int) -> Refusal:
    return Refusal(
        refusal.code, f"Row {number}: {refusal.sentence}", {**refusal.data, "row": number}
    )
