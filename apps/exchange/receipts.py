"""What an organisation gets for an accepted event: hash ID, place in the log, way to the proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from apps.custody.models import CustodyEvent
from apps.custody.outcomes import Outcome
from apps.ledger.selectors import EntryState, entries_of
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, UNMANAGED
from pharmatrace.kernel.epcis.model import utc_text


def claim_to(outcome: Outcome) -> tuple[str, int]:
    """What to ask for the receipt of an accepted or repeated event with: its hash ID and its statement. Several
    events may have the same hash ID: a declaration has that of the event that it declares wrong."""
    assert outcome.statement_id is not None
    return outcome.event_hash, outcome.statement_id


def receipts_of(claims: Collection[Sequence[Any]]) -> list[dict[str, Any]]:
    """One receipt per claim (`claim_to`), in their order. Two queries however many there are.

    `entryIndex` and `sealedAt` are null until the log has sealed the event, which takes a second. What was erased
    since keeps its place in the log, and nothing else of it is told.
    """
    ids = [statement for _, statement in claims]
    rows, states = _rows(ids), entries_of(ids)
    return [_receipt(event_id, rows[id], states[id]) for event_id, id in claims]


def _receipt(event_id: str, row: Mapping[str, Any], state: EntryState) -> dict[str, Any]:
    receipt: dict[str, Any] = {
        "eventID": event_id,
        "entryIndex": state.index,
        "sealedAt": utc_text(state.sealed_at) if state.sealed_at else None,
    }
    if row["kind"] == ERASED:
        return {**receipt, "event": None, "proof": None, "erased": True}
    receipt |= {"event": event_address(event_id), "proof": _proof(row)}
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


def _rows(statements: Collection[int]) -> dict[int, Mapping[str, Any]]:
    found = CustodyEvent.objects.filter(statement_id__in=statements).values(
        "hash",
        "kind",
        "statement_id",
        "package_count",
        "document__parentID",
        "document__epcList__0",
    )
    return {row["statement_id"]: row for row in found}


def event_address(event_id: str) -> str:
    """Where an event is: its ID percent-encoded as one step of a path."""
    return reverse("exchange:events") + "/" + quote(event_id, safe="")
