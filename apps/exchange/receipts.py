"""What an organisation gets for an accepted event: hash ID, place in the log, way to the proof."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from apps.custody.models import CustodyEvent
from apps.ledger.selectors import entries_of
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.epcis.event_hash import digest_of


def receipts_of(hashes: Collection[str]) -> list[dict[str, Any]]:
    """One receipt per event hash ID, in their order. Two queries however many there are.

    `entryIndex` and `sealedAt` are null until the log has sealed the event, which takes a second.
    """
    rows = _rows(hashes)
    states = entries_of([statement for statement, _ in rows.values()])
    receipts = []
    for name in hashes:
        statement, epc = rows[digest_of(name)]
        state = states[statement]
        receipts.append(
            {
                "eventID": name,
                "entryIndex": state.index,
                "sealedAt": state.sealed_at,
                "event": event_address(name),
                "proof": reverse("verify:evidence", args=[epc.removeprefix(RESOLVER)]),
            }
        )
    return receipts


def _rows(hashes: Collection[str]) -> dict[bytes, tuple[int, str]]:
    """Statement and first EPC of each event."""
    found = CustodyEvent.objects.filter(hash__in=[digest_of(one) for one in hashes]).values_list(
        "hash", "statement_id", "document__parentID", "document__epcList__0"
    )
    return {bytes(hash): (statement, parent or epc) for hash, statement, parent, epc in found}


def event_address(event_id: str) -> str:
    """Where an event is: its ID percent-encoded as one step of a path."""
    return reverse("exchange:events") + "/" + quote(event_id, safe="")
