"""What lies on one's shelves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.views.generic import TemplateView

from apps.custody.models import Package
from apps.custody.shelves import Shelf
from apps.desk.access import TRADERS, Member
from apps.desk.deliveries import inside
from apps.desk.filtering.lists import StockForm
from apps.desk.filtering.narrowing import narrowed_by
from apps.desk.paging import page_of
from pharmatrace.kernel.custody.kinds import Level, Status

GONE = (Status.SUPPLIED, Status.DESTROYED, Status.EXPORTED)
NOT_HELD = (Status.IN_TRANSIT, Status.VOID)
STILL_HERE = tuple(one for one in Status if one not in (*GONE, *NOT_HELD))


class Stock(Member, TemplateView):
    """Outermost packages in one's hands, newest first. Without a filter those that are gone (dispensed, destroyed,
    exported) are left out; a filter shows them."""

    kinds = TRADERS
    template_name = "desk/stock.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        narrowed = narrowed_by(self.request, StockForm(self.request.GET or None))
        level, status = narrowed.asked("level"), narrowed.asked("status")
        shelf = Shelf(
            self.actor.organisation_id,
            statuses=[Status(status)] if status else STILL_HERE,
            levels=[Level(level)] if level else (),
        )
        page = page_of(shelf, self.request)
        count_inside(page.rows)
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
        }


def count_inside(packages: Sequence[Package]) -> None:
    """Says of each container how many packages lie directly in it. One query, none without containers."""
    containers = {package.id: package for package in packages if package.level != Level.PACK}
    if not containers:
        return
    counted = Package.objects.filter(id__in=list(containers)).annotate(inside=inside())
    for id, number in counted.values_list("id", "inside"):
        containers[id].inside = number  # type: ignore[attr-defined]
