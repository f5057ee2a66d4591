"""Anchors as evidence: rows → what a bundle or a public page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

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
    wanted = Q(pk__in=[])
    for backend, target, oldest, newest in _sizes(entries, checkpoint):
        one = newest if backend == "journal" else oldest or newest
        wanted |= Q(backend=backend, target=target, checkpoint_id=one)
    found = Anchor.objects.filter(wanted).select_related("checkpoint")
    rows = list(found.order_by("backend", "target"))
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


def _sizes(entries: int, checkpoint: Checkpoint) -> list[tuple[str, str, int | None, int | None]]:
    """For each kind and target the smallest anchored size from `entries`, and the largest, up to the checkpoint's, of its
    shard.

    Steps from one target to the next in the index: a journal of millions of lines is not read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE kind AS ("
            " (SELECT backend, target FROM anchors_anchor ORDER BY backend, target LIMIT 1)"
            " UNION ALL SELECT n.backend, n.target FROM kind k, LATERAL (SELECT backend, target"
            "  FROM anchors_anchor WHERE (backend, target) > (k.backend, k.target)"
            "  ORDER BY backend, target LIMIT 1) n)"
            " SELECT k.backend, k.target,"
            " (SELECT min(checkpoint_id) FROM anchors_anchor a WHERE a.backend = k.backend"
            "  AND a.target = k.target AND checkpoint_id BETWEEN %(entries)s AND %(size)s),"
            " (SELECT max(checkpoint_id) FROM anchors_anchor a WHERE a.backend = k.backend"
            "  AND a.target = k.target AND checkpoint_id <= %(size)s AND checkpoint_id > %(first)s) FROM kind k",
            {
                "entries": max(entries, checkpoint.first + 1),
                "size": checkpoint.size,
                "first": checkpoint.first,
            },
        )
        return cursor.fetchall()


def _paths(rows: Sequence[Anchor], checkpoint: Checkpoint) -> list[list[bytes]]:
    sizes = {row.checkpoint_id for row in rows}
    found = {
        size: ledger.consistency(size, checkpoint.size, first=checkpoint.first)
        if size < checkpoint.size
        else []
        for size in sizes
    }
    return [found[row.checkpoint_id] for row in rows]
