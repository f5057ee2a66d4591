"""Inventory, the quarantine shelf, and what went back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from apps.desk.access import TRADERS, Member
from apps.desk.holdings import inventory
from apps.desk.paging import page_of
from apps.desk.shelves import quarantined, returns_of, why, with_reasons

SOON = 90  # days


class Inventory(Member, TemplateView):
    """By product, lot and expiry; with `?soon=yes` only what expires within ninety days."""

    kinds = TRADERS
    template_name = "desk/inventory.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counted = inventory(self.actor.organisation_id, on=timezone.now().date())
        held = counted.lots
        soon = [one for one in held if one.days <= SOON]
        words = self.request.GET.get("q", "").strip().lower()
        only = self.request.GET.get("soon") == "yes"
        shown = [
            one
            for one in (soon if only else held)
            if words in f"{one.batch.product} {one.batch.lot} {one.batch.product.gtin}".lower()
        ]
        return super().get_context_data(**context) | {
            "page": page_of(shown, self.request),
            "counted": counted,
            "packs": sum(one.packs for one in held),
            "soon_packs": sum(one.packs for one in soon),
            "locked": sum(one.locked for one in held),
            "lots": len(held),
            "only_soon": only,
            "words": words,
            "SOON": SOON,
        }


class Quarantine(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/quarantine.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_of(quarantined(self.actor.organisation_id), self.request)
        return super().get_context_data(**context) | {
            "page": page,
            "shelf": with_reasons(page.rows),
        }


class Returns(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/returns.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_of(returns_of(self.actor.organisation_id), self.request)
        reasons = why([event.pk for event in page.rows])
        return super().get_context_data(**context) | {
            "page": page,
            "returns": [(event, reasons.get(event.pk)) for event in page.rows],
            "me": self.actor.organisation_id,
        }
