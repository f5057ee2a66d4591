"""How many reports may come: from one visitor and from all together, without writing down who the visitor is."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from apps.safety.models import ReportTry

MOST_FROM_ONE = 6
MOST_FROM_ALL = 400
"""In an hour. With photos of half a megabyte at most, 400 are some 200 MB that a flood could leave in one."""

_COUNT = """
INSERT INTO safety_reporttry (visitor, hour, tries) VALUES (%s, %s, 1)
ON CONFLICT (visitor, hour) DO UPDATE SET tries = safety_reporttry.tries + 1
RETURNING tries
"""


def may_report(*, visitor: str | None, at: datetime) -> bool:
    """Counts a try, and whether it is one too many. Commits by itself, so that parallel tries see each other."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    ReportTry.objects.filter(hour__lt=hour).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [mark(visitor, hour=hour), hour])
        (tries,) = cursor.fetchone()
    if visitor is not None and tries > MOST_FROM_ONE:
        return False
    total = ReportTry.objects.filter(hour=hour).aggregate(n=Sum("tries"))["n"]
    return bool(total <= MOST_FROM_ALL)


def mark(visitor: str | None, *, hour: datetime) -> bytes:
    """A keyed hash of the address and the hour: the same visitor has another one an hour later. It is deleted with the
    first report after its hour, and by the sweep."""
    key = sha256(b"safety.report_rate/" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{hour.isoformat()} {visitor}".encode(), sha256).digest()[:16]
