"""Statements that may be a thief's, because the key that signed them was reported stolen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from apps.ledger.order import size_before


def reported_stolen(statement_ids: Collection[int]) -> dict[int, datetime]:
    """Those of these statements that are marked, with the moment as of which their key was reported stolen.

    Marked is what says that it was signed since then, and what did not lie in the log before: a thief writes
    any time into a statement. One query, and one for each moment where there are such keys.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT s.id, k.stolen_since, s.signed_at, e."index" FROM ledger_statement s'
            " JOIN parties_signingkey k ON k.kid = s.key_id AND k.stolen_since IS NOT NULL"
            " LEFT JOIN ledger_entry e ON e.statement_id = s.id WHERE s.id = ANY(%s)",
            [list(statement_ids)],
        )
        rows = cursor.fetchall()
    sizes = {since: size_before(since) for since in {row[1] for row in rows}}
    return {
        id: since
        for id, since, signed_at, index in rows
        if int(signed_at.timestamp()) >= int(since.timestamp())
        or index is None
        or index >= sizes[since]
    }
