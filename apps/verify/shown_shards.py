"""The shards that a bundle rests on, with who cosigned each one's checkpoint and where it is anchored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from apps.anchors.showing import evidence_for
from apps.ledger.models import Checkpoint
from apps.ledger.shard_evidence import parts_over
from apps.verify.log_verifier import witness_keys
from pharmatrace.kernel.evidence.bundle import Shard


def shown_shards(
    indexes: Collection[int], newest: Checkpoint, *, events: Collection[int]
) -> list[Shard]:
    """Those that these entries lie in and those between, oldest first. `events` are the entries that anchors should
    date. Raises NoEvidence."""
    return [
        replace(
            part,
            log=replace(part.log, witnesses=witness_keys(checkpoint.note)),
            anchors=evidence_for(checkpoint, entries=_reach(events, checkpoint)),
        )
        for checkpoint, part in parts_over(indexes, newest)
    ]


def _reach(events: Collection[int], checkpoint: Checkpoint) -> int:
    """How many entries an anchor must cover to date all of these that lie in the shard."""
    here = (index for index in events if checkpoint.first <= index < checkpoint.size)
    return max(here, default=checkpoint.first) + 1
