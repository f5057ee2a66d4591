"""What lies on one's shelves."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.custody.selectors import held_by
from apps.desk.access import TRADERS, Member
from apps.desk.deliveries import inside
from apps.desk.paging import page_of
from apps.desk.wording import LEVELS, STATUSES
from pharmatrace.kernel.custody.kinds import Status

GONE = (Status.SUPPLIED, Status.DESTROYED, Status.EXPORTED)
NOT_HELD = (Status.IN_TRANSIT, Status.VOID)


class Stock(Member, TemplateView):
    """Outermost packages in one's hands. Without a filter those that are gone (dispensed, destroyed,
    exported) are left out; a filter shows them."""

    kinds = TRADERS
    template_name = "desk/stock.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        level, status = (self.request.GET.get(name, "") for name in ("level", "status"))
        rows = held_by(self.actor.organisation_id).select_related("batch__product", "site")
        if level in LEVELS:
            rows = rows.filter(level=level)
        rows = rows.filter(status=status) if status in STATUSES else rows.exclude(status__in=GONE)
        rows = rows.annotate(inside=inside()).order_by("level", "-status_at", "id")
        return super().get_context_data(**context) | {
            "page": page_of(rows, self.request),
            "levels": LEVELS,
            "statuses": {n: s for n, s in STATUSES.items() if n not in NOT_HELD},
            "level": level,
            "status": status,
        }
