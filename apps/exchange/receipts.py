"""What an organisation gets for an accepted event: hash ID, place in the log, way to the proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from apps.custody.models import CustodyEvent
from apps.custody.outcomes import Outcome
from apps.ledger.selectors import EntryState, entries_of
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, UNMANAGED
from pharmatrace.kernel.epcis.event_hash import digest_of
from pharmatrace.kernel.epcis.model import utc_text

_DECLARATION = "#errorDeclaration"


def receipt_name(outcome: Outcome) -> str:
    """What to ask the receipt of an accepted or repeated event with: its hash ID. A declaration that an event
    was wrong has the event's hash ID, so it is told apart by a fragment."""
    declares = outcome.kind == DECLARE_ERROR
    return outcome.event_hash + (_DECLARATION if declares else "")


def receipts_of(names: Collection[str]) -> list[dict[str, Any]]:
    """One receipt per name (`receipt_name`), in their order. Two queries however many there are.

    `entryIndex` and `sealedAt` are null until the log has sealed the event, which takes a second.
    """
    rows = _rows(names)
    states = entries_of([row["statement_id"] for row in rows.values()])
    receipts = []
    for name in names:
        event_id, _, fragment = name.partition("#")
        row = rows[digest_of(event_id), bool(fragment)]
        receipts.append(_receipt(event_id, row, states[row["statement_id"]]))
    return receipts


def _receipt(event_id: str, row: Mapping[str, Any], state: EntryState) -> dict[str, Any]:
    receipt = {
        "eventID": event_id,
        "entryIndex": state.index,
        "sealedAt": utc_text(state.sealed_at) if state.sealed_at else None,
        "event": event_address(event_id),
        "proof": _proof(row),
    }
    if row["kind"] == UNMANAGED:
        receipt["unmanaged"] = True
    if row["kind"] == DECLARE_ERROR:
        receipt["errorDeclaration"] = True
    return receipt


def _proof(row: Mapping[str, Any]) -> str:
    """The bundle of the event's first package; of an event without packages of ours, its own."""
    if row["package_count"] == 0:
        return reverse("verify:event-evidence", args=[bytes(row["hash"]).hex()])
    epc = row["document__parentID"] or row["document__epcList__0"]
    return reverse("verify:evidence", args=[epc.removeprefix(RESOLVER)])


def _rows(names: Collection[str]) -> dict[tuple[bytes, bool], Mapping[str, Any]]:
    """Events and declarations by digest and whether it is a declaration."""
    digests = {digest_of(name.partition("#")[0]) for name in names}
    found = CustodyEvent.objects.filter(hash__in=digests).values(
        "hash",
        "kind",
        "statement_id",
        "package_count",
        "document__parentID",
        "document__epcList__0",
    )
    return {(bytes(row["hash"]), row["kind"] == DECLARE_ERROR): row for row in found}


def event_address(event_id: str) -> str:
    """Where an event is: its ID percent-encoded as one step of a path."""
    return reverse("exchange:events") + "/" + quote(event_id, safe="")
