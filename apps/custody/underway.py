"""How many packages of each shipment are on their way: kept as it changes, in the transaction that changes it.

What the packages at hand add to the counts is asked before the change and after it, with the very query that would count
them all, and the difference is written. So the counts follow from the packages whatever it was that changed them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from apps.custody.models import Underway

Key = tuple[UUID, UUID, int, datetime]  # custodian, consignee, shipping event or 0, shipped at

# The shipment is the newest in the package's history that stands. What came out of a container has none of its own.
_COUNT = """
SELECT p.custodian_id, p.consignee_id, coalesce(sent.id, 0), p.status_at, count(*)
FROM custody_package p LEFT JOIN LATERAL (
  SELECT e.id FROM custody_packageevent h JOIN custody_custodyevent e ON e.id = h.event_id
  WHERE h.package_id = p.id AND e.kind IN ('ship', 'return') AND NOT EXISTS (
    SELECT FROM custody_custodyevent w
    WHERE w.hash = e.hash AND w.kind = 'declare_error' AND w.package_count > 0)
  ORDER BY h.seq DESC LIMIT 1
) sent ON true
WHERE p.consignee_id IS NOT NULL AND {which} GROUP BY 1, 2, 3, 4
"""
_COUNT_ALL, _COUNT_THESE = (
    _COUNT.format(which="TRUE"),
    _COUNT.format(which="p.id = ANY(%s::uuid[])"),
)

# Nobody waits for anybody: a row that somebody else is adding to is left alone, and a second one is written beside it.
# Whoever comes next adds them up; below zero is a sign that there is something to add up.
_ADD = """
WITH mine AS (
  SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::timestamptz[], %s::bigint[])
    AS m(custodian_id, consignee_id, shipment, shipped_at, packages)
), keys AS (
  SELECT custodian_id, consignee_id, shipment, shipped_at FROM mine UNION
  SELECT custodian_id, consignee_id, shipment, shipped_at FROM custody_underway WHERE packages < 0
), old AS (
  SELECT u.id FROM custody_underway u JOIN keys k
    USING (custodian_id, consignee_id, shipment, shipped_at) FOR UPDATE OF u SKIP LOCKED
), gone AS (
  DELETE FROM custody_underway WHERE id IN (SELECT id FROM old)
  RETURNING custodian_id, consignee_id, shipment, shipped_at, packages
)
INSERT INTO custody_underway (custodian_id, consignee_id, shipment, shipped_at, packages)
SELECT custodian_id, consignee_id, shipment, shipped_at, sum(packages)
FROM (SELECT * FROM mine UNION ALL SELECT * FROM gone) AS both_of_them
GROUP BY 1, 2, 3, 4 HAVING sum(packages) <> 0
"""


def counted_anew(ids: Collection[UUID] | None = None) -> Counter[Key]:
    """What the packages say: these, or all there are. One query."""
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(_COUNT_ALL)
        else:
            cursor.execute(_COUNT_THESE, [[str(id) for id in ids]])
        return _by_key(cursor.fetchall())


def kept() -> Counter[Key]:
    """What is kept of all. One query."""
    rows = (
        Underway.objects.values_list("custodian_id", "consignee_id", "shipment", "shipped_at")
        .annotate(sum=Sum("packages"))
        .exclude(sum=0)
    )
    return _by_key(rows)


def _by_key(rows: Iterable[tuple[UUID, UUID, int, datetime, int]]) -> Counter[Key]:
    return Counter({(who, to, shipment, at): count for who, to, shipment, at, count in rows})


@contextmanager
def keeping_count(*, left: Collection[UUID], set_out: Collection[UUID]) -> Iterator[None]:
    """Around a change to packages that are locked: `left` were on their way before it, `set_out` are after it. Three
    statements at most, none where nothing is on its way."""
    change = Counter[Key]()
    if left:
        change.subtract(counted_anew(left))
    yield
    if set_out:
        change.update(counted_anew(set_out))
    rows = [(*key, packages) for key, packages in change.items() if packages]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [*([str(id) for id in ids] for ids in columns[:2]), *columns[2:]])


def packages_coming_to(organisation_id: UUID) -> int:
    """Outermost packages that somebody waits for. One query over their deliveries."""
    return _sum(consignee_id=organisation_id)


def packages_sent_by(organisation_id: UUID) -> int:
    """Outermost packages that somebody sent and nobody received yet."""
    return _sum(custodian_id=organisation_id)


def _sum(**whose: UUID) -> int:
    return Underway.objects.filter(**whose).aggregate(n=Sum("packages"))["n"] or 0
