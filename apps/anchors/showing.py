"""Anchors as evidence: rows → what a bundle or a public page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, Min, Q

from apps.anchors.models import Anchor
from apps.ledger import selectors as ledger
from apps.ledger.models import Checkpoint
from pharmatrace.kernel.evidence import anchor_forms as form

RECORD = ("chain_id", "contract", "sender", "transaction", "block", "block_hash", "log_index")


def evidence_for(checkpoint: Checkpoint, *, entries: int) -> tuple[form.Anchor, ...]:
    """Of every kind and target the anchor that says most, with the proof that it is of the same history.

    That is the oldest that covers the first `entries` entries, for it shows the earliest time; where none does, the
    newest. Of the journal the newest. None is of a larger tree than `checkpoint`. Two queries, and two for each
    size that is not the checkpoint's.
    """
    upto = Anchor.objects.filter(checkpoint__size__lte=checkpoint.size)
    sizes = upto.values("backend", "target").annotate(
        oldest=Min("checkpoint_id", filter=Q(checkpoint_id__gte=entries)),
        newest=Max("checkpoint_id"),
    )
    wanted = Q(pk__in=[])
    for row in sizes:
        one = row["newest"] if row["backend"] == "journal" else row["oldest"] or row["newest"]
        wanted |= Q(backend=row["backend"], target=row["target"], checkpoint_id=one)
    rows = list(upto.filter(wanted).select_related("checkpoint").order_by("backend", "target"))
    return tuple(shown(row, path) for row, path in zip(rows, _paths(rows, checkpoint), strict=True))


def shown(row: Anchor, path: Sequence[bytes]) -> form.Anchor:
    """One anchor as a bundle has it."""
    note, steps = row.checkpoint.note, tuple(path)
    if row.backend == "rfc3161":
        return form.TimeStampAnchor(note, bytes(row.proof or b""), steps)
    if row.backend == "opentimestamps":
        return form.OpenTimestampsAnchor(note, bytes(row.proof or b""), steps)
    if row.backend == "evm":
        record = form.EvmRecord(**{name: row.receipt[name] for name in RECORD})
        return form.EvmAnchor(note, record, steps)
    return form.JournalAnchor(note, steps)


def _paths(rows: Sequence[Anchor], checkpoint: Checkpoint) -> list[list[bytes]]:
    sizes = {row.checkpoint_id for row in rows}
    found = {
        size: ledger.consistency(size, checkpoint.size) if size < checkpoint.size else []
        for size in sizes
    }
    return [found[row.checkpoint_id] for row in rows]
