"""The public halves of this log's keys, as its entries name them. No private key is read."""

from __future__ import annotations

from typing import Any

import cbor2
from django.db import connection

from apps.ledger.models import Entry
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import Verifier

_NAMING = """
    SELECT e."index", s.facts FROM ledger_entry e JOIN ledger_statement s ON s.id = e.statement_id
    WHERE e."index" = 0
    UNION ALL
    SELECT e."index", s.facts FROM ledger_logkeychange k
    JOIN ledger_entry e ON e.statement_id = k.statement_id
    JOIN ledger_statement s ON s.id = k.statement_id
    ORDER BY 1
"""


def log_keys() -> LogKeys:
    """All that are sealed: the one that the genesis names, and each that an entry named later, by the note of the key
    before it. One query.

    Raises Entry.DoesNotExist before the log was opened, and NoteError where the rows are not what was signed.
    """
    rows = _rows()
    if not rows or rows[0][0] != 0:
        raise Entry.DoesNotExist("this log has no genesis")
    keys = LogKeys(Verifier.parse(rows[0][1]["log_key"]))
    for index, facts in rows[1:]:
        keys = keys.followed_by(index, facts["note"], origin=keys.first.name)
    return keys


def succession_notes(*, size: int) -> list[str]:
    """The notes with which keys of this log named the next, in order, up to the key that signs `size` entries. One
    query."""
    return [facts["note"] for index, facts in _rows() if 0 < index < size]


def _rows() -> list[tuple[int, dict[str, Any]]]:
    """(index, facts) of the entries that name keys of the log."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMING)
        return [(index, dict(cbor2.loads(bytes(facts)))) for index, facts in cursor.fetchall()]


def log_verifier(size: int | None = None) -> Verifier:
    """The key that checkpoints of `size` entries are checked with; without a size the newest one. One query; raises
    as `log_keys`."""
    keys = log_keys()
    return keys.newest if size is None else keys.at(size)
