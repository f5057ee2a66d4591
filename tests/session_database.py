"""One private PostgreSQL for the whole test session, with fsync off; pytest-django makes one database per worker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pharmatrace.embedded.server import Server

_server: Server | None = None


def start() -> None:
    """Starts the server unless this process has. Only the process that owns the session calls it."""
    global _server
    if _server is None:
        from tests.settings import EMBEDDED

        server = Server(EMBEDDED, durable=False)
        server.start()
        _server = server


def stop() -> None:
    global _server
    if _server is not None:
        _server.stop()
        _server = None


@contextlib.contextmanager
def triggers_off() -> Iterator[None]:
    """Cleaning up after a test that commits truncates every table; the ledger's triggers would refuse it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
