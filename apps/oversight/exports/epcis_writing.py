"""Events as one EPCIS 2.0 document (JSON-LD §10.2), written event by event. What was exported, and by whom, stands in
fields of our own beside the body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from apps.custody.models import CustodyEvent
from apps.oversight import filters
from apps.oversight.exports.table import Table, onward
from apps.oversight.filters import Filter
from pharmatrace.kernel.custody.kinds import ERASED
from pharmatrace.kernel.epcis.model import utc_text

MEDIA_TYPE = "application/ld+json"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    {"pharmatrace": "https://pharmatrace.example/export/"},
]
_PORTION = 200  # of events with up to 2,000 packages each


def epcis_pieces(table: Table, narrowed: Filter) -> Iterator[bytes]:
    """The document. Of an event that was erased there is nothing to write."""
    head = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": utc_text(_whole(table.made_at)),
        "pharmatrace:filter": table.narrowed,
        "pharmatrace:madeBy": table.made_by,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "epcisBody": {"eventList": ['
    comma = b""
    rows = filters.events(narrowed).exclude(kind=ERASED)
    for event in onward(rows, size=_PORTION):
        yield comma + json.dumps(_document(event), ensure_ascii=False).encode()
        comma = b",\n"
    yield b"]}}\n"


def _document(event: CustodyEvent) -> dict[str, Any]:
    document = dict(event.document)
    hash_id = f"ni:///sha-256;{bytes(event.hash).hex()}?ver=CBV2.0"
    document.setdefault("eventID", hash_id)
    document["recordTime"] = utc_text(_whole(event.recorded_at))
    return document


def _whole(at: datetime) -> datetime:
    """To the millisecond, rounded down."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
