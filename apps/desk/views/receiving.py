"""Deliveries on their way: what is coming, what is late, and one of them before it is received."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from apps.desk import deliveries
from apps.desk.access import TRADERS, Member
from apps.desk.models import ScanSession
from apps.desk.paging import page_of
from apps.desk.sessions.selectors import sessions_at
from apps.parties.models import Organisation


class Incoming(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/incoming.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = deliveries.incoming_deliveries(self.actor.organisation_id)
        return super().get_context_data(**context) | {
            "page": page_of(found, self.request),
            "late_before": late_before(),
        }


class Overdue(Member, TemplateView):
    """What was shipped too long ago and is still not received, both ways."""

    kinds = TRADERS
    template_name = "desk/overdue.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        me, before = self.actor.organisation_id, late_before()
        coming = deliveries.incoming_deliveries(me).filter(shipped_at__lt=before)
        leaving = deliveries.outgoing_deliveries(me).filter(shipped_at__lt=before)
        return super().get_context_data(**context) | {
            "coming": page_of(coming.order_by("shipped_at", "party_id", "reference"), self.request),
            "leaving": page_of(
                leaving.order_by("shipped_at", "party_id", "reference"), self.request
            ),
            "days": settings.DELIVERY_OVERDUE_DAYS,
            "late_before": before,
        }


def late_before() -> Any:
    """What was shipped before this moment is overdue."""
    return timezone.now() - timedelta(days=settings.DELIVERY_OVERDUE_DAYS)


class Delivery(Member, TemplateView):
    """One delivery: what it should bring, and the two ways to receive it."""

    kinds = TRADERS
    records = True
    template_name = "desk/delivery.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sender = get_object_or_404(Organisation, pk=self.kwargs["sender"])
        reference = self.request.GET.get("reference", "").replace("\x00", "")[:80]
        expected, count = deliveries.first_expected(
            receiver_id=self.actor.organisation_id, sender=sender, reference=reference
        )
        return super().get_context_data(**context) | {
            "sender": sender,
            "reference": reference,
            "expected": expected,
            "expected_count": count,
            "id": uuid4(),
            "open": sessions_at(self.actor)
            .filter(
                kind=ScanSession.Kind.RECEIVE,
                state=ScanSession.State.OPEN,
                party=sender,
                reference=reference,
            )
            .order_by("-changed_at"),
        }
