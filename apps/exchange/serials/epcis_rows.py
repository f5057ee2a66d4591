"""The packs that an EPCIS document says were commissioned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from apps.exchange.intake.epcis_files import json_lines, xml_lines
from apps.exchange.intake.recognising import Form
from apps.exchange.serials.row import Problem, Row
from pharmatrace.kernel.custody.kinds import Kind, kind_of
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.read import read


def epcis_rows(path: Path, form: Form) -> Iterator[Row]:
    """One row per EPC; an event that commissions nothing is one wrong row."""
    for line in json_lines(path) if form == "json" else xml_lines(path):
        if line.event is None:
            yield Row(
                line.place,
                {},
                tuple(Problem("code", one["code"], one["sentence"]) for one in line.reasons),
            )
        else:
            yield from _event_rows(line.event, line.place)


def _event_rows(event: Event, place: str) -> Iterator[Row]:
    kind = kind_of(
        type=event.type, action=event.action, biz_step=event.biz_step, disposition=event.disposition
    )
    if kind is not Kind.COMMISSION:
        problem = Problem(
            "code",
            "not_commissioning",
            f"This {event.type} commissions nothing; it is passed over.",
        )
        yield Row(place, {}, (problem,))
        return
    said = _of_batch(event)
    for number, epc in enumerate(event.epcs, start=1):
        where = f"{place} {number}"
        reading = read(epc)
        if reading.gtin is None or reading.serial is None:
            yield Row(where, {}, (Problem("code", "no_pack", f"{epc[:80]} names no single pack."),))
        else:
            yield Row(where, {"serial": reading.serial, "gtin": reading.gtin, **said})


def _of_batch(event: Event) -> Mapping[str, Any]:
    """Lot and expiry as the instance or lot master data tells them (CBV 2.0 §10.2)."""
    told: dict[str, Any] = {}
    for name, value in (event.ilmd or {}).items():
        if name.endswith("lotNumber") and isinstance(value, str):
            told["lot"] = value
        elif name.endswith("itemExpirationDate") and isinstance(value, str):
            try:
                told["expiry"] = date.fromisoformat(value[:10])
            except ValueError:
                told["expiry"] = value
    return told
