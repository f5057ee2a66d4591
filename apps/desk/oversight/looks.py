"""Who looked: for the authority's administrators what its people looked at; for everybody who looked at them."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.desk.access import Member
from apps.desk.oversight.access import Authority
from apps.oversight.filters import read_filter
from apps.oversight.looks import looks_at, looks_of
from apps.oversight.searching.portions import portion

SIZE = 50


class AccessLog(Authority, TemplateView):
    administers = True
    template_name = "oversight/access_log.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        narrowed = read_filter(self.request.GET.dict())
        rows = looks_of(self.actor.organisation_id).filter(narrowed.within("looked_at"))
        query = self.request.GET.copy()
        query.pop("after", None)
        return super().get_context_data(**context) | {
            "found": portion(rows, by="-id", after=self.request.GET.get("after", ""), size=SIZE),
            "narrowed": narrowed,
            "query": query.urlencode(),
        }


class LookedAt(Member, TemplateView):
    template_name = "oversight/looked_at.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = self.request.GET.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
        rows = looks_at(self.actor.organisation_id, before=before, size=SIZE + 1)
        return super().get_context_data(**context) | {
            "looks": rows[:SIZE],
            "next": rows[SIZE - 1].pk if len(rows) > SIZE else None,
            "first": before is None,
        }
