"""seal: pending entries → tree, tiles, signed checkpoint (DESIGN §5).

One transaction takes the entries and moves the head; only then is the checkpoint signed. Cut off anywhere,
the next call goes on: what was not committed is still pending, what was committed and not signed is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from apps.ledger import guard
from apps.ledger.copying import copy_rows
from apps.ledger.hashes import with_hashes
from apps.ledger.models import Checkpoint, Freeze, Head
from apps.ledger.services.open_log import check_origin, open_log
from apps.ledger.services.publish import publish
from apps.ledger.shards import first_of_size, shards
from apps.ledger.tiles import read_edge
from pharmatrace.kernel.tlog.proofs import range_root
from pharmatrace.kernel.tlog.tiles import grow, tile_root
from pharmatrace.kernel.tlog.tree import CompactRange, leaf_hash

LIMIT = 65_536
Taken = Sequence[tuple[int, bytes]]
"""(statement id, entry), in order of statement id."""


class Overtaken(Exception):
    """The head moved although it was locked. Never seen; the log stays as it was."""


def seal(*, at: datetime, limit: int = LIMIT, wait: bool = True) -> Checkpoint | None:
    """Seals up to `limit` pending entries; returns the checkpoint it signed, or None if it did not.

    Opens the log if need be. With `wait` False it gives up where another sealer is at work. Raises
    SealingStopped (`Behind`, `OtherLog`, `LogKeyFault`, or what a source of the guard says) with an
    instruction. Call it outside any transaction.
    """
    if not Head.objects.exists():
        open_log(at=at)
    guard.start(at=at)
    with transaction.atomic(durable=True):
        head = _lock_head(wait)
        if head is None:
            return None
        check_head(head)
        guard.keep_up(at=at)
        if taken := _take(limit):
            _advance(head, taken, at)
    return publish(head, at=at)


def check_head(head: Head) -> None:
    """Raises `Behind`, `OtherLog` or `Frozen` unless the log is the one of the settings and of the evidence
    outside, and goes on."""
    check_origin(head)
    ended = Freeze.objects.first()
    if ended is not None:
        raise guard.Frozen(
            f"The log {head.origin} {ended}. What is signed since waits; a successor log goes on"
            " (manage.py recover)."
        )
    places = {one.origin: (one.first, one.end) for one in shards()}
    guard.check(
        origin=head.origin,
        size=head.size,
        root_at=lambda size: root_at(head, size),
        places=places or None,
    )


def root_at(head: Head, size: int) -> bytes:
    """The root of the tree of `size` entries, 0 < size <= head.size: of the shard that it ends in."""
    if size == head.size:
        return bytes(head.root)
    first = head.first if size > head.first else first_of_size(size)
    return with_hashes(size - first, lambda read: range_root(read, 0, size - first), first=first)


def _lock_head(wait: bool) -> Head | None:
    return Head.objects.select_for_update(skip_locked=not wait).first()


def _take(limit: int) -> Taken:
    """Takes the oldest pending entries out of the queue.

    No join: where statistics call the queue empty, as it often is when PostgreSQL looks, a join would be
    planned for no rows and take time in the square of what is there. What commits between the two
    statements below the bound is taken too, so a few more than `limit` may come.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(statement_id) FROM (SELECT statement_id FROM ledger_pending"
            " ORDER BY statement_id LIMIT %s) oldest",
            [limit],
        )
        (bound,) = cursor.fetchone()
        cursor.execute(
            "WITH taken AS (DELETE FROM ledger_pending WHERE statement_id <= %s"
            " RETURNING statement_id, entry)"
            " SELECT statement_id, entry FROM taken ORDER BY statement_id",
            [bound],
        )
        return [(statement, bytes(entry)) for statement, entry in cursor.fetchall()]


def _advance(head: Head, taken: Taken, at: datetime) -> None:
    """Writes entries and full tiles and moves the head; `head` is changed to what was written."""
    old_size = head.size
    leaves = [leaf_hash(entry) for _, entry in taken]
    tree = CompactRange.from_bytes(bytes(head.range))
    tree.extend(leaves)
    copy_rows(
        "ledger_entry",
        ("index", "data", "leaf", "statement_id"),
        (
            (index, entry, leaf, statement)
            for index, ((statement, entry), leaf) in enumerate(
                zip(taken, leaves, strict=True), old_size
            )
        ),
    )
    in_shard = old_size - head.first
    edge = read_edge(in_shard, first=head.first)
    written = grow(size=in_shard, edge=edge, leaf_hashes=leaves)
    copy_rows(
        "ledger_tile",
        ("first", "level", "index", "data", "root"),
        (
            (head.first, tile.level, tile.index, data, tile_root(data))
            for tile, data in written.items()
            if tile.is_full
        ),
    )
    head.size, head.range, head.root = head.first + tree.size, tree.to_bytes(), tree.root()
    head.advanced_at = at
    _swap(head, old_size)


def _swap(head: Head, old_size: int) -> None:
    """Compare-and-swap on the size: the lock makes it succeed, and without the lock it would not."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE ledger_head SET size = %s, "range" = %s, root = %s, advanced_at = %s'
            " WHERE id = 1 AND size = %s",
            [head.size, bytes(head.range), bytes(head.root), head.advanced_at, old_size],
        )
        if cursor.rowcount != 1:
            raise Overtaken(f"the head was not at {old_size} entries any more")
