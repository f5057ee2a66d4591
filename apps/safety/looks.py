"""How often the public looks at a pack: counted per pack, day and country, with nothing about who looked.

The country is only there where a proxy of ours that is named in the settings says it (COUNTRY_HEADER). Whoever
reloads a page is counted again as a look, and not as a visit: a pack has one visit a day from one network address. To know
that, a mark of address, pack and day is kept until the day is over, which is another one for every pack and every day. What
a browser says of itself is left out of it: whoever wants a pack to look copied could say something else each time.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

from apps.safety.models import PublicLook

_COUNT = """
WITH new AS (
    INSERT INTO safety_lookmark (day, mark) VALUES (%(day)s, %(mark)s) ON CONFLICT DO NOTHING RETURNING 1
),
counted AS (
    INSERT INTO safety_publiclook (package_id, day, country, batch_id, looks, visits, first_at)
    VALUES (%(package)s, %(day)s, %(country)s, %(batch)s, 1, (SELECT count(*) FROM new), %(at)s)
    ON CONFLICT (package_id, day, country)
    DO UPDATE SET looks = LEAST(safety_publiclook.looks::bigint + 1, 2147483647),
        visits = LEAST(safety_publiclook.visits::bigint + EXCLUDED.visits, 2147483647)
)
SELECT COALESCE(SUM(looks), 0), COALESCE(SUM(visits) FILTER (WHERE day >= %(since)s), 0), MIN(first_at),
       COALESCE(ARRAY_AGG(DISTINCT country) FILTER (WHERE country <> ''), '{}'), (SELECT count(*) FROM new)
FROM safety_publiclook WHERE package_id = %(package)s
"""


@dataclass(frozen=True, slots=True)
class Looks:
    """`times` with this one; `visits` on the day asked about or later, with this one if it is one; `countries` as far
    as known."""

    times: int
    visits: int
    first_at: datetime
    countries: tuple[str, ...]


def count_look(
    *,
    package_id: UUID,
    batch_id: UUID | None,
    country: str,
    visitor: str | None,
    since: date,
    at: datetime,
) -> Looks:
    """Counts one look and tells all there were. One statement, which sees what was there before it.

    `visitor` is a network address, which is not written down; all without one count as one visitor.
    """
    day = at.astimezone(UTC).date()
    values = {
        "package": str(package_id), "batch": str(batch_id) if batch_id else None, "country": country,
        "day": day, "since": since, "at": at, "mark": mark(visitor, package_id=package_id, day=day),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        times, visits, first_at, countries, new = cursor.fetchone()
    told = {*countries, country} - {""}
    visits = int(visits) + (new if day >= since else 0)
    return Looks(int(times) + 1, visits, first_at or at, tuple(sorted(told)))


def mark(visitor: str | None, *, package_id: UUID, day: date) -> bytes:
    """A keyed hash: of one visitor another one for each pack and on each day. The sweep deletes it when its day is over."""
    key = sha256(b"safety.looks/" + settings.SECRET_KEY.encode()).digest()
    told = f"{day.isoformat()} {package_id} {visitor}"
    return hmac.new(key, told.encode(errors="replace"), sha256).digest()[:16]


@dataclass(frozen=True, slots=True)
class DayOfLooks:
    day: date
    looks: int


def looks_by_day(*, batches: Collection[UUID], since: date) -> list[DayOfLooks]:
    """Looks at packs of these batches, day by day, without the days on which nobody looked."""
    rows = _of(batches, since).values("day").annotate(n=Sum("looks")).order_by("day")
    return [DayOfLooks(row["day"], row["n"]) for row in rows]


def looks_by_country(*, batches: Collection[UUID], since: date) -> dict[str, int]:
    """Looks by country code, most first; under "" those from no one knows where."""
    rows = _of(batches, since).values("country").annotate(n=Sum("looks")).order_by("-n", "country")
    return {row["country"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A pack, how often it was looked at, and from how many countries that are known."""

    package_id: UUID
    looks: int
    countries: int


def most_looked_at(*, batches: Collection[UUID], since: date, most: int = 10) -> list[LookedAt]:
    """The packs of these batches that were looked at most often."""
    rows = (
        _of(batches, since)
        .values("package_id")
        .annotate(n=Sum("looks"), places=Count("country", distinct=True))
        .order_by("-n", "package_id")[:most]
    )
    return [LookedAt(row["package_id"], row["n"], row["places"]) for row in rows]


def _of(batches: Collection[UUID], since: date):  # type: ignore[no-untyped-def]
    return PublicLook.objects.filter(batch_id__in=batches, day__gte=since)
