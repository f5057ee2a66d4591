"""Rows by COPY: the fastest way in, binary-safe, inside the caller's transaction.

In COPY's text format, with `\\x` hex for bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
CHUNK = 1 << 18


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes `rows` (one value per column, in order) into `table`, in one COPY statement.

    Values are int, bool, float, str, bytes, UUID, aware datetime, date or None; JSON is given as text.
    `table` and `columns` are names from our own code, quoted here. Raises what PostgreSQL raises
    (IntegrityError and the like, as Django's exceptions), and TypeError for a value of another kind.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    lines = _Lines(rows, len(columns))
    try:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {quote(table)} ({names}) FROM STDIN", lines, CHUNK)
    except DatabaseError as error:
        # A fault of the rows themselves reaches PostgreSQL as a cancelled COPY: tell the fault instead.
        if lines.fault is not None:
            raise lines.fault from error
        raise


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a time without a time zone cannot be stored")
    return value.isoformat()


_WRITERS: dict[type, Callable[[Any], str]] = {
    int: str,
    float: repr,
    str: _text,
    bytes: _bytes,
    memoryview: _bytes,
    UUID: lambda value: f"{value.int:032x}",
    datetime: _moment,
    bool: lambda value: "t" if value else "f",
    type(None): lambda value: "\\N",
}


def _field(value: Any) -> str:
    writer = _WRITERS.get(type(value))
    if writer is None:
        writer = _writer_of_kin(value)
    return writer(value)


def _writer_of_kin(value: Any) -> Callable[[Any], str]:
    """Subclasses (enums, dates) are written as what they are."""
    from datetime import date

    if isinstance(value, str):
        return lambda text: _text(str.__str__(text))
    if isinstance(value, int):
        return lambda number: str(int(number))
    if isinstance(value, date):
        return lambda day: day.isoformat()
    raise TypeError(f"COPY has no text for {type(value).__name__}")


class _Lines(io.RawIOBase):
    """The rows as a file that psycopg2 reads: only some lines are ever in memory.

    Rows of one COPY repeat much of the row before (the batch, the place, the time): a value that is the
    very same object keeps its text.
    """

    def __init__(self, rows: Iterable[Sequence[Any]], width: int) -> None:
        self._rows = iter(rows)
        self._before: list[Any] = [_NOTHING] * width
        self._texts = [""] * width
        self._buffer = memoryview(b"")
        self.fault: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._buffer:
            try:
                self._buffer = memoryview(self._some_lines())
            except Exception as fault:
                self.fault = fault
                raise
        end = len(self._buffer) if size < 0 else size
        given, self._buffer = bytes(self._buffer[:end]), self._buffer[end:]
        return given

    def _some_lines(self) -> bytes:
        lines: list[str] = []
        length = 0
        for row in self._rows:
            lines.append(self._line(row))
            length += len(lines[-1])
            if length > CHUNK:
                break
        return ("\n".join(lines) + "\n").encode() if lines else b""

    def _line(self, row: Sequence[Any]) -> str:
        before, texts = self._before, self._texts
        for column, value in enumerate(row):
            if value is not before[column]:
                before[column] = value
                texts[column] = _field(value)
        return "\t".join(texts)


_NOTHING = object()
