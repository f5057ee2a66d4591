"""Rows into lines: rows that follow each other and say the same about when, where and to whom are one event.

A row that is wrong is refused by itself, and the rest goes on; but a container of which one row is wrong is refused
whole, because what it holds would be recorded wrongly for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.intake.columns import Act
from apps.exchange.intake.lines import Line, refused
from apps.exchange.intake.packages import package_of, scanned
from apps.exchange.intake.row_events import event_of
from apps.exchange.intake.sender import Sender
from apps.exchange.intake.tables import Row
from pharmatrace.kernel.custody.act import MOST_PACKAGES
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_CONTENTS = 20_000  # rows of one container: they wait for each other
_RECORDS = ("product", "batch")
_CONTAINED = ("pack", "unpack")


@dataclass(slots=True)
class _Event:
    """Rows that become one event, so far."""

    act: Act
    key: tuple[Any, ...]
    values: Mapping[str, Any]
    rows: dict[str, int] = field(default_factory=dict)  # package → row


def gather(rows: Iterable[Row], sender: Sender) -> Iterator[Line]:
    """The lines of a table, in the order of its rows."""
    return _Gatherer(sender).lines(rows)


class _Gatherer:
    """`spoiled` is the row that makes the container at hand wrong, if one does."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.open: _Event | None = None
        self.container: tuple[str, str] | None = None  # act, path
        self.waiting: list[_Event] = []
        self.spoiled = 0

    def lines(self, rows: Iterable[Row]) -> Iterator[Line]:
        for row in rows:
            yield from self._line(row)
        yield from self._close()

    def _line(self, row: Row) -> Iterator[Line]:
        container = container_of(row)
        if container is None and _is_contained(row):
            container = (
                self.container
            )  # which one cannot be told: then it may be missing in this one
        if container != self.container:
            yield from self._close()
            self.container = container
        try:
            package, values = checked(row)
            if row.act is not None and row.act.word in _RECORDS:
                yield from self._close()
                yield Line(rows=(row.number,), record=_as_record(row))
            elif row.act is not None:
                yield from self._room_for(row.act, package, values)
                self._add(package, row.number)
        except Refused as no:
            self.spoiled = self.spoiled or row.number
            reasons = tuple(
                Refusal(one.code, one.sentence, {"row": row.number, **one.data})
                for one in no.refusals
            )
            yield refused(reasons, rows=(row.number,))

    def _room_for(self, act: Act, package: str, values: Mapping[str, Any]) -> Iterator[Line]:
        """Opens another event where the package does not belong into the one that is open."""
        together = act.together
        key = tuple(values.get(name) for name in ("time", "site", *(together or ())))
        if act.word == "commission":  # one product an event
            key += (package.partition("/21/")[0] if "lot" in values else "",)
        one, most = self.open, MOST_PACKAGES - (1 if self.container else 0)
        if one is None or together is None or (one.act, one.key) != (act, key) or len(one.rows) >= most:  # fmt: skip
            yield from self._finish()
            self.open = _Event(act, key, values)

    def _add(self, package: str, row: int) -> None:
        assert self.open is not None
        rows = self.open.rows
        if package in rows:
            raise Refused.one("row_twice", f"The package stands in row {rows[package]} already.")
        if len(rows) + sum(len(each.rows) for each in self.waiting) >= MOST_CONTENTS:
            raise Refused.one(
                "container_too_full", f"A container has at most {MOST_CONTENTS:,} rows."
            )
        rows[package] = row

    def _finish(self) -> Iterator[Line]:
        """The event that was open is complete; that of a container waits for the container's last row."""
        one, self.open = self.open, None
        if one is None or not one.rows:
            return
        if self.container is not None:
            self.waiting.append(one)
        else:
            yield self._event(one)

    def _close(self) -> Iterator[Line]:
        """The rows of a container end here, or whatever else was open."""
        yield from self._finish()
        waiting, spoiled = self.waiting, self.spoiled if self.container else 0
        self.waiting, self.spoiled, self.container = [], 0, None
        for one in waiting:
            if spoiled:
                no = Refusal(
                    "container_incomplete",
                    f"Row {spoiled} of the same container is wrong; a container is recorded whole or not.",
                    {"because_of_row": spoiled},
                )
                yield refused((no,), rows=tuple(one.rows.values()))
            else:
                yield self._event(one)

    def _event(self, one: _Event) -> Line:
        rows = tuple(one.rows.values())
        try:
            return Line(
                rows=rows, event=event_of(one.act, tuple(one.rows), one.values, self.sender)
            )
        except Refused as no:
            return refused(no.refusals, rows=rows)


def checked(row: Row) -> tuple[str, Mapping[str, Any]]:
    """The package (URI; empty for products and batches) and the values to record. Raises Refused."""
    if row.refusals:
        raise Refused(row.refusals)
    if row.act is None or row.act.word in _RECORDS:
        return "", row.values
    package, values = package_of(row.values)
    if row.act.word == "commission" and package.path.startswith("01/"):
        for name in ("lot", "expiry"):
            if name not in values:
                raise Refused.one(
                    "cell_missing", f"A pack is commissioned with its {name}.", column=name
                )
    if row.act.word == "commission" and package.path.startswith("00/"):
        for name in ("lot", "expiry"):
            if name in row.values:
                raise Refused.one("cell_unused", f"A logistic unit has no {name}.", column=name)
    if row.act.word in _CONTAINED:
        _, holder = scanned(values["container"], "container")
        if holder == package:
            raise Refused.one(
                "contradiction", "A container cannot hold itself.", column="container"
            )
        values = {**values, "container": holder.uri}
    return package.uri, values


def container_of(row: Row) -> tuple[str, str] | None:
    """Which container a row is about (act, path), as far as it can be told, even if it is wrong otherwise."""
    said = row.values.get("container")
    if row.act is None or not _is_contained(row) or said is None:
        return None
    try:
        return row.act.word, scanned(str(said), "container")[1].path
    except Refused:
        return None


def _is_contained(row: Row) -> bool:
    return row.act is not None and row.act.word in _CONTAINED


def _as_record(row: Row) -> dict[str, Any]:
    """What goes to the catalogue: the columns by name, dates as text."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.values.items()
    }
