"""One at a time, across processes and machines: an advisory lock of PostgreSQL."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """True inside for whoever comes first, False at once for everybody else. Held to the end of a transaction,
    so it works through PgBouncer, too; a process that dies leaves it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
            (alone,) = cursor.fetchone()
        yield bool(alone)
