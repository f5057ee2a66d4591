"""Files as partners send them, and what is said back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from openpyxl import Workbook

from pharmatrace.kernel.epcis.jsonld_writing import write_document
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_writing import write_document_xml

WRITTEN = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
TIME = "2026-11-02T09:00:00+01:00"


def as_json(events: Iterable[Event]) -> bytes:
    return json.dumps(write_document(list(events), WRITTEN)).encode()


def as_xml(events: Iterable[Event], version: Any = "2.0") -> bytes:
    return _bytes(write_document_xml(list(events), version=version, created_at=WRITTEN))


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


def as_csv(
    rows: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Desk:
    """`manage.py import`, as one member, in one folder."""

    def __init__(self, folder: Path, who: Any) -> None:
        self.folder, self.who = folder, who

    def imported(self, content: bytes, name: str = "file", *options: str) -> dict[str, Any]:
        """The acknowledgement; `status` is the command's exit status."""
        path = self.folder / name
        path.write_bytes(content)
        for old in self.folder.glob("*.ack.json"):
            old.unlink()
        status = 0
        try:
            call_command(
                "import", str(path), "--as", self.who.user.email,
                "--organisation", self.who.organisation.gln, *options, stdout=io.StringIO(),
            )  # fmt: skip
        except SystemExit as end:
            status = int(str(end.code))
        (ack,) = self.folder.glob("*.ack.json")
        return {**json.loads(ack.read_bytes()), "status": status}


def fates(ack: dict[str, Any]) -> list[tuple[Any, str, list[str]]]:
    """Row or place, fate and codes, of every line."""
    return [
        (one.get("row", one.get("place")), one["fate"], [r["code"] for r in one.get("reasons", ())])
        for one in ack["lines"]
    ]
