"""The shards of the log that a bundle rests on: of each the checkpoint, the genesis and the keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from apps.ledger.evidence import NoEvidence, genesis_evidence
from apps.ledger.key_page import log_key_evidence
from apps.ledger.log_keys import log_verifier
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import checkpoint_of
from apps.ledger.shards import Span, shards
from pharmatrace.kernel.evidence.bundle import EventEvidence, KeyEvidence, LogIdentity, Shard


def indexes_of(events: Iterable[EventEvidence], keys: Iterable[KeyEvidence]) -> set[int]:
    """The numbers of all entries in a bundle, but for those that belong to the shards themselves."""
    return {one.index for one in _entries(events, keys)}


def _entries(
    events: Iterable[EventEvidence], keys: Iterable[KeyEvidence]
) -> Iterator[EventEvidence]:
    for event in events:
        yield event
        if event.stolen is not None:
            yield event.stolen
        if event.erased is not None:
            yield event.erased.event
    for key in keys:
        yield from (one for one in (key.event, key.revoked, key.stolen) if one is not None)


def parts_over(indexes: Collection[int], newest: Checkpoint) -> list[tuple[Checkpoint, Shard]]:
    """The shards that these entries lie in and those between, oldest first, each with its checkpoint: older ones with
    the final one, the running one with `newest`. Where all lie in one, it is that one alone; where there are no entries,
    the running one. Witnesses and anchors are not named.

    Raises NoEvidence where a final checkpoint is not there.
    """
    wanted = set(indexes) or {newest.size - 1}
    return [
        _part(one, newest)
        for one in shards()
        if one.first <= max(wanted) and (one.end is None or one.end > min(wanted))
    ]


def _part(span: Span, newest: Checkpoint) -> tuple[Checkpoint, Shard]:
    checkpoint: Checkpoint | None = newest
    if newest.first != span.first:
        checkpoint = checkpoint_of(span.end or 0)
    if checkpoint is None or checkpoint.first != span.first:
        raise NoEvidence(f"the shard {span.origin} has no final checkpoint")
    verifier = log_verifier(checkpoint.size)
    return checkpoint, Shard(
        log=LogIdentity(origin=verifier.name, vkey=verifier.vkey()),
        checkpoint=checkpoint.note,
        genesis=genesis_evidence(size=checkpoint.size, first=span.first),
        log_keys=log_key_evidence(size=checkpoint.size, first=span.first),
    )
