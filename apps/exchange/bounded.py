"""No question may keep the database busy for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from apps.exchange.problems import EpcisException

MOST_SECONDS = 5.0
_CANCELED = "57014"  # PostgreSQL's code for a statement that took too long


@contextmanager
def bounded() -> Iterator[None]:
    """Statements inside end after MOST_SECONDS each. Raises EpcisException `QueryTooComplexException`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'),"
                " set_config('statement_timeout', %s, true)",
                [str(int(MOST_SECONDS * 1000))],
            )
            before = cursor.fetchone()[0]
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _CANCELED:
            raise
        raise EpcisException(
            "QueryTooComplexException",
            f"This takes longer than {MOST_SECONDS:g} seconds. Ask for less: a shorter time, fewer places, "
            "or single EPCs.",
        ) from None
