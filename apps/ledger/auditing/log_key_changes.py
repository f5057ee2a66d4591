"""The log's own keys: each was named by the one before it, in an entry of the log."""

from __future__ import annotations

from collections.abc import Iterator

import cbor2
from django.db import connection

from apps.ledger.audits import Finding, register
from apps.ledger.shards import Span, shards
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier

_ROWS = """
    SELECT k.statement_id, s.type, s.facts, e."index", p.statement_id IS NOT NULL
    FROM ledger_logkeychange k LEFT JOIN ledger_statement s ON s.id = k.statement_id
    LEFT JOIN ledger_entry e ON e.statement_id = k.statement_id
    LEFT JOIN ledger_pending p ON p.statement_id = k.statement_id
    WHERE e."index" IS NULL AND %(running)s OR e."index" > %(first)s AND e."index" < %(end)s
    ORDER BY e."index" NULLS LAST
"""

LAST = (1 << 63) - 1


@register("log keys")
def keys_follow_one_another() -> Iterator[Finding]:
    """Every change is a registry statement, sealed or waiting, with the note of the key before it in its shard. That its
    signature and its entry hold is checked with all statements."""
    for shard in shards():
        yield from _keys_of(shard)


def _keys_of(shard: Span) -> Iterator[Finding]:
    end = LAST if shard.end is None else shard.end
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.facts FROM ledger_entry e JOIN ledger_statement s ON s.id = e.statement_id"
            ' WHERE e."index" = %s',
            [shard.first],
        )
        genesis = cursor.fetchone()
        cursor.execute(_ROWS, {"first": shard.first, "end": end, "running": shard.end is None})
        rows = cursor.fetchall()
    if genesis is None or not rows:
        return
    keys: LogKeys | None = None
    try:
        keys = LogKeys(Verifier.parse(dict(cbor2.loads(bytes(genesis[0])))["log_key"]))
    except Exception:  # any damage; the check of the tree names it
        return
    for id, type, facts, index, waits in rows:
        place = f"log key change of statement {id}"
        if type != EntryType.REGISTRY or (index is None and not waits):
            yield Finding(place, "There is no statement in the log about it.")
            continue
        if index is None:
            continue
        try:
            told = dict(cbor2.loads(bytes(facts)))
            keys = keys.followed_by(index - shard.first, told["note"], origin=keys.first.name)
            if told["log_key"] != keys.newest.vkey():
                raise NoteError("its statement names another key than the note")
        except Exception as fault:  # any damage of the bytes can come out here
            yield Finding(place, f"Entry {index} does not name the log's next key: {fault}.")
            return
