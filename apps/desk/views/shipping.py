"""What was sent and not received yet."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.desk.access import TRADERS, Member
from apps.desk.deliveries import outgoing_deliveries
from apps.desk.paging import page_of
from apps.desk.views.receiving import late_before


class Outgoing(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/outgoing.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        deliveries = outgoing_deliveries(self.actor.organisation_id)
        return super().get_context_data(**context) | {
            "page": page_of(deliveries, self.request),
            "late_before": late_before(),
        }
