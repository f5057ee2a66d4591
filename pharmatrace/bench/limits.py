"""The limits: what is left of the work when everything that could be left out is left out."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from apps.ledger.models import Statement
from apps.ledger.services import Draft, sign
from apps.parties.signing import signer_for
from pharmatrace.bench.ground import Ground
from pharmatrace.embedded import cluster
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.tlog.tree import CompactRange, leaf_hash

TABLES = {
    "ledger_statement": "id",
    "ledger_statementsecret": "statement_id",
    "custody_custodyevent": "id",
    "custody_packageevent": "event_id",
}


def facts_alone(ground: Ground, who: str, events: Sequence[Sequence[str]]) -> float:
    """Seconds to make facts, hash and sign statements about `events` (the packages of each), and no more."""
    actor = ground.world.actors[who]
    signer, now = signer_for(actor.organisation_id), ground.now()
    facts = tuple((f"name {n}", f"a value of thirty characters {n}") for n in range(13))
    drafts = [
        Draft(EntryType.CUSTODY, signer, actor.did, "ni:///sha-256;" + "0" * 64, facts,
              [(uri, 0, None) for uri in uris])
        for uris in events
    ]  # fmt: skip
    begun = time.perf_counter()
    for draft in drafts:
        sign(draft, at=now)
    return time.perf_counter() - begun


def copy_alone(rows: dict[str, str]) -> float:
    """Seconds to COPY the rows of {table: condition} once more, into tables with the same indexes."""
    if settings.EMBEDDED is None:
        raise RuntimeError("the bench runs on the private PostgreSQL only")
    connection = cluster.connect(settings.EMBEDDED, database=settings.DATABASES["default"]["NAME"])
    try:
        with connection, connection.cursor() as cursor:
            taken = {table: _taken(cursor, table, where) for table, where in rows.items()}
            for table in taken:
                cursor.execute(f"DROP TABLE IF EXISTS limit_{table}")
                cursor.execute(f"CREATE TABLE limit_{table} (LIKE {table} INCLUDING ALL)")
        begun = time.perf_counter()
        with connection, connection.cursor() as cursor:
            for table, buffer in taken.items():
                cursor.copy_expert(f"COPY limit_{table} FROM STDIN", buffer)
        took = time.perf_counter() - begun
        with connection, connection.cursor() as cursor:
            for table in taken:
                cursor.execute(f"DROP TABLE limit_{table}")
        return took
    finally:
        connection.close()


def _taken(cursor: Any, table: str, where: str) -> io.BytesIO:
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT", buffer)  # noqa: S608
    buffer.seek(0)
    return buffer


def hashing_alone(entries: Sequence[bytes]) -> float:
    """Seconds to hash log entries into one tree."""
    begun = time.perf_counter()
    tree = CompactRange()
    tree.extend([leaf_hash(entry) for entry in entries])
    tree.root()
    return time.perf_counter() - begun


def last_statement() -> int:
    newest = Statement.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def rows_since(statement: int) -> dict[str, str]:
    """The rows capture wrote for the statements after `statement`; packages not included."""
    events = f"SELECT id FROM custody_custodyevent WHERE statement_id > {statement}"  # noqa: S608
    return {
        "ledger_statement": f"id > {statement}",
        "ledger_statementsecret": f"statement_id > {statement}",
        "custody_custodyevent": f"statement_id > {statement}",
        "custody_packageevent": f"event_id IN ({events})",
    }
