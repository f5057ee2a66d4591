"""An organisation as an authority looks at it: who it is, what it may, what it holds, what it did."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.custody.selectors import as_listed
from apps.parties.models import Organisation
from apps.safety.models import Alert
from pharmatrace.kernel.custody.kinds import Level, Status

NEWEST = 10
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Holding:
    """Outermost packages of one level and status in somebody's hands."""

    level: str
    status: str
    count: int
    more: bool  # than `count`


# Each state and level is counted through the index and only so far: nobody reads a million from a tile.
_HOLDINGS = """
SELECT level, status, least(n, %(most)s), n > %(most)s
FROM unnest(%(levels)s) AS l(level), unnest(%(statuses)s) AS s(status), LATERAL (
  SELECT count(*) AS n FROM (
    SELECT FROM custody_package p WHERE p.custodian_id = %(owner)s AND p.parent_id IS NULL
      AND p.status = s.status AND p.level = l.level LIMIT %(most)s + 1
  ) AS these
) AS counted WHERE n > 0 ORDER BY level, status
"""


def holdings(organisation_id: UUID) -> list[Holding]:
    """One query, answered by the index of custodians. What is on its way to others is not in one's hands."""
    statuses = [str(one) for one in Status if one not in (Status.IN_TRANSIT, Status.VOID)]
    with connection.cursor() as cursor:
        cursor.execute(
            _HOLDINGS,
            {
                "owner": organisation_id, "most": MOST_COUNTED,
                "levels": [str(one) for one in Level], "statuses": statuses,
            },
        )  # fmt: skip
        return [Holding(*row) for row in cursor.fetchall()]


def newest_events(organisation_id: UUID) -> QuerySet[CustodyEvent]:
    """What it recorded or was named in. Each side through its own index, and only as far as it is shown."""
    newest = ("-recorded_at", "-id")
    did, *others = (
        CustodyEvent.objects.filter(**{side: organisation_id})
        .order_by(*newest)
        .values("id")[:NEWEST]
        for side in ("actor_id", "counterparty_id", "reporter_id")
    )
    found = CustodyEvent.objects.filter(id__in=did.union(*others))
    return as_listed(found).order_by(*newest)[:NEWEST]


def newest_refusals(organisation_id: UUID) -> QuerySet[RefusedEvent]:
    rows = RefusedEvent.objects.filter(actor_id=organisation_id).defer("document")
    return rows.select_related("actor").order_by("-recorded_at", "-id")[:NEWEST]


def newest_alerts(organisation_id: UUID) -> QuerySet[Alert]:
    return Alert.objects.filter(raised_for_id=organisation_id).order_by("-raised_at", "-id")[
        :NEWEST
    ]


def listed(*, kind: str = "", country: str = "") -> QuerySet[Organisation]:
    rows = Organisation.objects.all()
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    return (rows.filter(country=country) if country else rows).order_by("name", "id")
