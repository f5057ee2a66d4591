"""How long what is recorded must be kept, and what may go after that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from pharmatrace.kernel.custody.kinds import Status

KEPT_AT_LEAST = timedelta(days=6 * 366)
"""Six years: DSCSA (21 USC 360eee-1) asks for six, Regulation (EU) 2016/161 article 15 for five."""

AFTER_EXPIRY = timedelta(days=366)
"""One year after the product's expiry (Regulation (EU) 2016/161 article 15), where that is later."""

CIRCULATING = (Status.ACTIVE, Status.IN_TRANSIT, Status.LOCKED, Status.STOLEN)
"""A pack in one of these may still come to somebody, who may ask where it came from."""

ROWS = 1_000


class Outlived(NamedTuple):
    """An event that has been kept for as long as the law asks."""

    id: int
    recorded_at: datetime
    packages: int
    circulating: bool
    """Whether a pack whose history it belongs to is not out of circulation: named in it, or packed into what is."""


def outlived(*, before: datetime, now: datetime) -> Iterator[Outlived]:
    """Events recorded before that, of whose packages none is of a batch that expired less than a year ago. In order of
    id; erased ones are left out."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.id, e.recorded_at, e.package_count, {_CIRCULATES} FROM custody_custodyevent e"  # noqa: S608
                " WHERE e.id > %s AND e.recorded_at < %s AND e.kind <> 'erased'"
                " AND NOT EXISTS (SELECT FROM custody_packageevent h"
                "  JOIN custody_package p ON p.id = h.package_id"
                "  JOIN catalog_batch b ON b.id = p.batch_id"
                "  WHERE h.event_id = e.id AND b.expiry > %s)"
                " ORDER BY e.id LIMIT %s",
                [list(CIRCULATING), last, before, (now - AFTER_EXPIRY).date(), ROWS],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from map(Outlived._make, rows)
        last = rows[-1][0]


# What was ever packed into what the event names, and into that; erased events still say what they named.
_CIRCULATES = """
    EXISTS (WITH RECURSIVE named(id) AS (
        SELECT package_id FROM custody_packageevent WHERE event_id = e.id
        UNION SELECT inside.package_id FROM named
        JOIN custody_package c ON c.id = named.id AND c.level <> 'pack'
        JOIN custody_packageevent own ON own.package_id = c.id
        JOIN custody_custodyevent packing ON packing.id = own.event_id AND packing.kind IN ('pack', 'erased')
        JOIN custody_packageevent inside ON inside.event_id = packing.id)
    SELECT FROM named JOIN custody_package p ON p.id = named.id
    WHERE p.level = 'pack' AND p.status = ANY(%s))
"""
