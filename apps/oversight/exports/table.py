"""A list to be written: rows in portions, and what is said above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

PORTION = 2_000
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` is asked once, when somebody writes; `widths` are shares of a line of print."""

    name: str
    title: str
    columns: Sequence[str]
    widths: Sequence[float]
    rows: Callable[[], Iterable[Row]]
    narrowed: str
    made_by: str
    made_at: datetime

    @property
    def head(self) -> list[tuple[str, str]]:
        """What stands above the rows."""
        at = self.made_at.astimezone(UTC).isoformat(timespec="seconds")
        return [
            ("List", self.title),
            ("Filter", self.narrowed),
            ("Made at", at),
            ("Made by", self.made_by),
        ]

    @property
    def file_stem(self) -> str:
        return f"pharmatrace-{self.name}-{self.made_at.astimezone(UTC):%Y%m%d-%H%M%S}"


def onward(rows: QuerySet[Any], *, size: int = PORTION) -> Iterator[Any]:
    """The rows by falling primary key, a portion at a time: no cursor of the database is held open, and memory holds
    one portion. Rows that come in meanwhile are not among them."""
    last: Any = None
    while True:
        asked = rows if last is None else rows.filter(pk__lt=last)
        portion = list(asked.order_by("-pk")[:size])
        yield from portion
        if len(portion) < size:
            return
        last = portion[-1].pk


def text_of(value: Any) -> str:
    """A cell as text: times in UTC to the second, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)
