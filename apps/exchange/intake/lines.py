"""What a file consists of: lines, each one thing to record or the reasons why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from apps.exchange.intake.telling import told
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Line:
    """`place` is a JSON Pointer or `line:column`; of a table, `rows` are the rows it was made of, one per package.

    One of `event`, `record` (a product or a batch, by column) and `reasons` is there.
    """

    place: str = ""
    rows: tuple[int, ...] = ()
    event: Event | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[dict[str, Any], ...] = ()  # as `telling.told` tells them

    @property
    def weight(self) -> int:
        """How many packages it is about, at least 1."""
        event = self.event
        return max(1, len(event.epcs) + len(event.children)) if event else 1


def refused(refusals: tuple[Refusal, ...], *, place: str = "", rows: tuple[int, ...] = ()) -> Line:
    return Line(place=place, rows=rows, reasons=tuple(told(refusals)))


def encode(line: Line) -> bytes:
    """One line of JSON. What cannot be written as JSON is refused here."""
    body: dict[str, Any] = {"place": line.place}
    if line.rows:
        body["rows"] = line.rows
    if line.event is not None:
        body["event"] = write_event(line.event)
    elif line.record:
        body["record"] = line.record
    else:
        body["reasons"] = line.reasons
    try:
        return orjson.dumps(body)
    except TypeError as error:  # a number beyond 64 bits, half a surrogate pair
        reason = Refusal("cannot_be_stored", f"The event cannot be stored: {error}.")
        return orjson.dumps({"place": line.place, "rows": line.rows, "reasons": told([reason])})


def decode(text: bytes) -> Line:
    body = orjson.loads(text)
    place, rows = body["place"], tuple(body.get("rows", ()))
    if "event" not in body:
        return Line(place, rows, None, body.get("record", {}), tuple(body.get("reasons", ())))
    try:
        return Line(place, rows, read_event(body["event"]))
    except Refused as no:
        return refused(no.refusals, place=place, rows=rows)
