"""Reads of the log: checkpoints, where statements are, proofs. Indexes and sizes are numbers over all shards."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from apps.ledger.hashes import hash_reader, with_hashes
from apps.ledger.log_keys import log_keys, log_verifier
from apps.ledger.models import Checkpoint, Publication
from pharmatrace.kernel.tlog.proofs import (
    HashReader,
    prove_consistency,
    prove_inclusion,
    range_root,
)

__all__ = [
    "EntryState", "checkpoint_of", "consistency", "entries_of", "hash_reader", "inclusion",
    "inclusions", "latest_checkpoint", "log_keys", "log_verifier", "newest_signed", "published_after",
    "published_between", "published_size", "roots", "signed_size",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryState:
    """Where a statement is. All None while it waits to be sealed.

    `size` and `sealed_at` are those of the first published checkpoint that covers the entry; an entry
    with an index and without them is in the tree, and its checkpoint is about to be signed, or waits for
    witnesses. `sealed_at` is when it was published.
    """

    index: int | None = None
    size: int | None = None
    sealed_at: datetime | None = None


def latest_checkpoint(*, first: int | None = None) -> Checkpoint | None:
    """The newest published checkpoint, its note with the cosignatures it was published with; None before
    there is one. What readers see, and what is anchored. With `first`, that of the shard that begins there."""
    found = _publications()
    if first is not None:
        found = found.filter(checkpoint__first=first)
    newest = found.order_by("-checkpoint_id").first()
    return as_published(newest) if newest else None


def checkpoint_of(size: int) -> Checkpoint | None:
    """The published checkpoint of exactly this size."""
    found = _publications().filter(checkpoint=size).first()
    return as_published(found) if found else None


def published_after(size: int) -> Iterator[Checkpoint]:
    """The published checkpoints of more than `size` entries, smallest first."""
    for one in _publications().filter(checkpoint__gt=size).order_by("checkpoint_id").iterator():
        yield as_published(one)


def published_between(above: int, up_to: int) -> list[Checkpoint]:
    """The published checkpoints of `above` < size <= `up_to` entries, smallest first."""
    found = _publications().filter(checkpoint__gt=above, checkpoint__lte=up_to)
    return [as_published(one) for one in found.order_by("checkpoint_id")]


def published_size(*, up_to: int | None = None, first: int | None = None) -> int:
    """Size of the newest published checkpoint, of those of at most `up_to` entries, and of the shard that begins at
    `first`; 0 where there is none."""
    newest = Publication.objects.order_by("-checkpoint_id").values_list("checkpoint_id", flat=True)
    if up_to is not None:
        newest = newest.filter(checkpoint__lte=up_to)
    if first is not None:
        newest = newest.filter(checkpoint__first=first)
    return newest.first() or 0


def newest_signed() -> Checkpoint | None:
    """The newest checkpoint that the log has signed: the sealer's side. Witnesses are asked about it; readers
    see `latest_checkpoint`, the same or an older one."""
    return Checkpoint.objects.order_by("-size").first()


def signed_size() -> int:
    """Size of the newest signed checkpoint; 0 before the log was opened."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def as_published(publication: Publication) -> Checkpoint:
    """The checkpoint as readers see it. Not to be saved: the row has the log's signature alone."""
    signed = publication.checkpoint
    return Checkpoint(
        size=signed.size,
        first=signed.first,
        root=signed.root,
        note=publication.note,
        root_signature=signed.root_signature,
        signed_at=signed.signed_at,
    )


def _publications() -> QuerySet[Publication]:
    return Publication.objects.select_related("checkpoint")


def entries_of(statement_ids: Collection[int]) -> dict[int, EntryState]:
    """The state of each statement's entry, by statement id; unknown ids wait like pending ones. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT s.id, e."index", p.checkpoint_id, p.published_at'
            " FROM unnest(%s::bigint[]) AS s(id)"
            " LEFT JOIN ledger_entry e ON e.statement_id = s.id"
            " LEFT JOIN LATERAL (SELECT checkpoint_id, published_at FROM ledger_publication"
            '  WHERE checkpoint_id > e."index" ORDER BY checkpoint_id LIMIT 1) p ON true',
            [list(statement_ids)],
        )
        return {id: EntryState(*state) for id, *state in cursor.fetchall()}


def inclusion(index: int, size: int, *, first: int = 0) -> list[bytes]:
    """Audit path of entry `index` in the tree of `size` entries (RFC 9162 §2.1.3.1), of the shard that begins at
    `first`. Two queries.

    Raises ValueError when there is no such entry in that tree, LookupError when the shard is shorter.
    """
    return inclusions([index], size, first=first)[index]


def inclusions(indexes: Collection[int], size: int, *, first: int = 0) -> dict[int, list[bytes]]:
    """Audit paths of several entries, with the same two queries."""
    if any(index < first for index in indexes):
        raise ValueError("the entry lies in an older shard")

    def prove(read: HashReader) -> dict[int, list[bytes]]:
        return {index: prove_inclusion(read, size - first, index - first) for index in indexes}

    return with_hashes(size - first, prove, first=first)


def consistency(old: int, new: int, *, first: int = 0) -> list[bytes]:
    """Proof that the tree of `old` entries is a prefix of that of `new` (RFC 9162 §2.1.4.1), both of the shard that
    begins at `first`. Two queries. Raises ValueError where the smaller is of an older shard."""
    if old <= first:
        raise ValueError("the smaller tree is of an older shard")
    return with_hashes(
        new - first, lambda read: prove_consistency(read, old - first, new - first), first=first
    )


def roots(*sizes: int, first: int = 0) -> list[bytes]:
    """The roots of the trees of these sizes, all of the shard that begins at `first`; the largest must be there. Two
    queries."""
    return with_hashes(
        max(sizes) - first,
        lambda read: [range_root(read, 0, size - first) for size in sizes],
        first=first,
    )
