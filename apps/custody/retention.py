"""How long what is recorded must be kept, and what may go after that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

KEPT_AT_LEAST = timedelta(days=6 * 366)
"""Six years: DSCSA (21 USC 360eee-1) asks for six, Regulation (EU) 2016/161 article 15 for five."""

AFTER_EXPIRY = timedelta(days=366)
"""One year after the product's expiry (Regulation (EU) 2016/161 article 15), where that is later."""

ROWS = 1_000


def outlived(*, before: datetime, now: datetime) -> Iterator[tuple[int, datetime, int]]:
    """(id, recorded_at, number of packages) of events recorded before that, of whose packages none is of a
    batch that expired less than a year ago. In order of id; erased ones are left out."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id, e.recorded_at, e.package_count FROM custody_custodyevent e"
                " WHERE e.id > %s AND e.recorded_at < %s AND e.kind <> 'erased'"
                " AND NOT EXISTS (SELECT FROM custody_packageevent h"
                "  JOIN custody_package p ON p.id = h.package_id"
                "  JOIN catalog_batch b ON b.id = p.batch_id"
                "  WHERE h.event_id = e.id AND b.expiry > %s)"
                " ORDER BY e.id LIMIT %s",
                [last, before, (now - AFTER_EXPIRY).date(), ROWS],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]
