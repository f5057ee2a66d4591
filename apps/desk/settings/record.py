"""The record of administrative deeds, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.generic import TemplateView

from apps.desk.settings.access import Administrator
from apps.parties import deeds
from apps.parties.models import Deed

SIZE = 50
LARGEST = 2**63 - 1


class Record(Administrator, TemplateView):
    """Paged by key (`before`, the number of the last row seen), so page 1,000 costs what page 1 does."""

    template_name = "settings/record.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET
        rows = deeds.visible_to(self.membership)
        if (action := asked.get("action", "")) in Deed.Action.values:
            rows = rows.filter(action=action)
        person = asked.get("person", "")[:254].strip().replace("\x00", "")
        if person:
            rows = rows.filter(by__email__iexact=person)
        until = _day(asked.get("until", ""))
        if until is not None:
            rows = rows.filter(at__lte=until)
        before = asked.get("before", "")
        if before.isascii() and before.isdigit() and 0 < int(before[:20]) <= LARGEST:
            rows = rows.filter(pk__lt=int(before[:20]))
        found = list(rows[: SIZE + 1])
        query = asked.copy()
        query.pop("before", None)
        return super().get_context_data(**context) | {
            "deeds": found[:SIZE],
            "more": found[SIZE - 1].pk if len(found) > SIZE else None,
            "older": bool(before),
            "query": query.urlencode(),
            "actions": Deed.Action.choices,
            "action": action,
            "person": person,
            "until": asked.get("until", "")[:10],
        }


def _day(text: str) -> datetime | None:
    """The end of a day that is written 2026-11-02, or None."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None or day.year < 2000:
        return None
    return datetime.combine(day, datetime.max.time(), tzinfo=timezone.get_current_timezone())
