"""The public halves of this log's keys, as its entries name them. No private key is read.

Every shard has a genesis that names its first key; the keys named after it are those of the shard.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cbor2
from django.db import connection

from apps.ledger.models import Entry
from apps.ledger.shards import shards
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import Verifier

_NAMING = """
    WITH shard AS (
        SELECT coalesce(%(first)s, (SELECT max("first") FROM ledger_shard WHERE "first" < %(size)s),
            (SELECT "first" FROM ledger_head), 0) AS begun
    ), span AS (
        SELECT begun, coalesce((SELECT min("first") FROM ledger_shard WHERE "first" > begun),
            9223372036854775807) AS ended FROM shard
    )
    SELECT span.begun, e."index", s.facts
    FROM span JOIN ledger_entry e ON e."index" = span.begun
    JOIN ledger_statement s ON s.id = e.statement_id
    UNION ALL
    SELECT span.begun, e."index", s.facts FROM ledger_logkeychange k
    JOIN ledger_entry e ON e.statement_id = k.statement_id
    JOIN ledger_statement s ON s.id = k.statement_id
    JOIN span ON e."index" > span.begun AND e."index" < span.ended
    ORDER BY 2
"""


class _Row(NamedTuple):
    first: int
    at: int  # in the shard
    facts: dict[str, Any]


def log_keys(*, first: int | None = None, size: int | None = None) -> LogKeys:
    """All that are sealed of one shard: the one that its genesis names, and each that an entry named later, by the note
    of the key before it. Indexes are counted in the shard: the one that begins at `first`, or that a tree of `size`
    entries ends in, or else the running one. One query.

    Raises Entry.DoesNotExist before the log was opened, and NoteError where the rows are not what was signed.
    """
    return _keys(_rows(first, size))


def _keys(rows: list[_Row]) -> LogKeys:
    if not rows or rows[0].at != 0:
        raise Entry.DoesNotExist("this log has no genesis")
    keys = LogKeys(Verifier.parse(rows[0].facts["log_key"]))
    for _, index, facts in rows[1:]:
        keys = keys.followed_by(index, facts["note"], origin=keys.first.name)
    return keys


def all_vkeys() -> str:
    """The verifier keys of all shards, newest shard last, with spaces between: what a page of ours checks with."""
    keys = (log_keys(first=one.first) for one in shards())
    return " ".join(one.vkey() for log in keys for one in log.all)


def succession_notes(*, size: int) -> list[str]:
    """The notes with which keys of this log named the next, in order, up to the key that signs `size` entries: those of
    the shard. One query."""
    rows = _rows(None, size)
    return [row.facts["note"] for row in rows if 0 < row.at < size - row.first]


def _rows(first: int | None, size: int | None) -> list[_Row]:
    """The entries that name keys of the shard."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMING, {"first": first, "size": size})
        return [
            _Row(begun, index - begun, dict(cbor2.loads(bytes(facts))))
            for begun, index, facts in cursor.fetchall()
        ]


def log_verifier(size: int | None = None) -> Verifier:
    """The key that checkpoints of `size` entries are checked with; without a size the newest one. One query; raises
    as `log_keys`."""
    if size is None:
        return log_keys().newest
    rows = _rows(None, size)
    keys = _keys(rows)
    return keys.at(size - rows[0].first)
