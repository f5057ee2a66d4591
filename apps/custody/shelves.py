"""What lies on somebody's shelves, newest first, however much it is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from apps.custody.models import Package
from pharmatrace.kernel.custody.kinds import Level, Status

# The index package_custodian holds each state and level apart, in the order of time: each is read from its newest
# end, and only as far as the slice reaches. One question for all of them at once would sort everything there is.
_NEWEST = """
SELECT p.id FROM unnest(%(statuses)s) AS s(status), unnest(%(levels)s) AS l(level), LATERAL (
  SELECT id, status_at FROM custody_package
  WHERE custodian_id = %(owner)s AND parent_id IS NULL AND status = s.status AND level = l.level
  ORDER BY status_at DESC, id DESC LIMIT %(stop)s
) p ORDER BY p.status_at DESC, p.id DESC LIMIT %(count)s OFFSET %(start)s
"""


class Shelf:
    """Outermost packages in one's hands of these states and levels. Sliced like a list, for two queries."""

    def __init__(
        self, organisation_id: UUID, *, statuses: Sequence[Status], levels: Sequence[Level] = ()
    ) -> None:
        self.organisation_id = organisation_id
        self.statuses = statuses
        self.levels = levels or tuple(Level)

    def ids(self, wanted: slice) -> list[UUID]:
        start, stop = wanted.start or 0, wanted.stop
        with connection.cursor() as cursor:
            cursor.execute(
                _NEWEST,
                {
                    "owner": self.organisation_id,
                    "statuses": [str(one) for one in self.statuses],
                    "levels": [str(one) for one in self.levels],
                    "start": start,
                    "stop": stop,
                    "count": stop - start,
                },
            )
            return [id for (id,) in cursor.fetchall()]

    def __getitem__(self, wanted: slice) -> list[Package]:
        packages = Package.objects.filter(id__in=self.ids(wanted))
        return list(packages.select_related("batch__product", "site").order_by("-status_at", "-id"))
