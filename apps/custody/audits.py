"""Custody's part of `manage.py audit`: events against their hashes, package chains against statements.

Registered with the ledger's audit, which runs it after the log itself was found whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from apps.custody.models import CustodyEvent
from apps.ledger.audits import Finding, register
from apps.ledger.services.erase import SUBJECT
from pharmatrace.kernel.custody.kinds import ERASED
from pharmatrace.kernel.epcis.event_hash import event_hash

ROWS = 2_000


@register("events")
def events_match_their_hashes() -> Iterator[Finding]:
    """The document of every event still hashes to its event hash ID, and its statement speaks of it."""
    rows = (
        CustodyEvent.objects.order_by("id")
        .values_list(
            "id", "hash", "document", "statement__subject", "kind", "statement__commitment"
        )
        .iterator(chunk_size=ROWS)
    )
    for id, digest, document, subject, kind, commitment in rows:
        if kind == ERASED or subject == SUBJECT:
            if (kind, subject, document, bytes(digest)) != (ERASED, SUBJECT, {}, bytes(commitment)):
                yield Finding(f"event {id}", "It is erased in part only.")
            continue
        found = event_hash(document)
        if found[14:78] != bytes(digest).hex():
            yield Finding(f"event {id}", f"Its document hashes to {found}, not to its event hash.")
        elif subject != found:
            yield Finding(f"event {id}", f"Its statement speaks of {subject}.")


@register("histories")
def histories_have_no_gaps() -> Iterator[Finding]:
    """Every package's history runs 0, 1, 2 … to its `seq`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.path, p.seq, h.count, h.last FROM custody_package p LEFT JOIN"
            " (SELECT package_id, count(*), max(seq) AS last FROM custody_packageevent"
            "  GROUP BY package_id) h ON h.package_id = p.id"
            " WHERE h.count IS DISTINCT FROM p.seq + 1 OR h.last IS DISTINCT FROM p.seq"
        )
        for path, seq, count, last in cursor.fetchall():
            yield Finding(
                f"package {path}",
                f"It says seq {seq}; its history has {count or 0} events, the last is {last}.",
            )


@register("heads")
def heads_end_their_chains() -> Iterator[Finding]:
    """`Package.head` is the leaf of the newest package fact, in the statement that signed it."""
    with connection.cursor() as cursor:
        # The package facts are the last `package_count` leaves of their statement.
        cursor.execute(
            "SELECT p.path, e.id FROM custody_package p"
            " JOIN custody_packageevent h ON h.package_id = p.id AND h.seq = p.seq"
            " JOIN custody_custodyevent e ON e.id = h.event_id"
            " JOIN ledger_statement s ON s.id = e.statement_id"
            " WHERE p.head <> substring(s.leaves FROM"
            " octet_length(s.leaves) - 32 * (e.package_count - h.position) + 1 FOR 32)"
        )
        for path, event in cursor.fetchall():
            yield Finding(f"package {path}", f"Its head is not its fact in event {event}.")
