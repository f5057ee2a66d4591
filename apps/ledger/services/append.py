"""append: signed statements → rows and pending entries, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import monotonic

import structlog
from django.db import connection, transaction

from apps.ledger.copying import copy_rows
from apps.ledger.services.sign import Signed

log = structlog.get_logger(__name__)


def append(signed: Sequence[Signed], *, at: datetime) -> list[int]:
    """Stores the statements and queues their entries; returns the statement ids in order.

    Four SQL statements, whatever the number. Commits or disappears with the caller's transaction; when it
    commits, the sealer's doorbell rings. `at` is when we recorded them; `signed_at` travels in `signed`.
    """
    if not signed:
        return []
    with transaction.atomic(savepoint=False):
        ids = store(signed)
        copy_rows(
            "ledger_pending",
            ("statement_id", "entry"),
            ((id, one.entry) for id, one in zip(ids, signed, strict=True)),
        )
        transaction.on_commit(ring)
    return ids


def store(signed: Sequence[Signed]) -> list[int]:
    """Writes statements and their secrets, without queueing them: the genesis is sealed at once."""
    ids = _next_ids(len(signed))
    copy_rows(
        "ledger_statement",
        ("id", "type", "key_id", "subject", "cose", "facts", "leaves", "commitment", "signed_at"),
        (
            (id, one.type, one.kid, one.subject, one.cose, one.facts, b"".join(one.leaves),
             one.commitment, one.signed_at)
            for id, one in zip(ids, signed, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        "ledger_statementsecret",
        ("statement_id", "secret"),
        ((id, one.secret) for id, one in zip(ids, signed, strict=True)),
    )
    return ids


RING_EVERY = 0.1  # seconds; who appends faster rings once for all
_rang_at = 0.0


def ring() -> None:
    """Rings the sealer's doorbell. A lost ring costs a second: beat rings too."""
    from apps.ledger.tasks import seal_pending

    global _rang_at
    now = monotonic()
    if now - _rang_at < RING_EVERY:
        return
    _rang_at = now
    try:
        seal_pending.apply_async(expires=5, retry=False)
    except Exception as error:  # the broker may be away; the rows are there
        log.warning("doorbell_silent", task="ledger.seal", error=str(error))


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_statement', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [id for (id,) in cursor.fetchall()]
