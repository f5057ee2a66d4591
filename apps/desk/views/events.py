"""What was recorded, and what was refused."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.views.generic import TemplateView

from apps.custody.models import CustodyEvent, Package, PackageEvent, RefusedEvent
from apps.desk.access import Kind, Member
from apps.desk.paging import page_of
from apps.desk.proofs import proof_states
from apps.parties.actor import Actor


def events_for(actor: Actor) -> QuerySet[CustodyEvent]:
    """What an organisation recorded or was named in, newest first; a regulator sees all."""
    events = (
        CustodyEvent.objects.defer("document")
        .select_related("actor", "site", "counterparty", "statement__entry")
        .order_by("-id")
    )
    if actor.kind == Kind.REGULATOR:
        return events
    me = actor.organisation_id
    return events.filter(Q(actor_id=me) | Q(counterparty_id=me))


class Events(Member, TemplateView):
    template_name = "desk/events.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "page": page_of(events_for(self.actor), self.request)
        }


class EventPage(Member, TemplateView):
    """One event: its packages, its proof, its document."""

    template_name = "desk/event.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        event = events_for(self.actor).filter(pk=self.kwargs["pk"]).first()
        if event is None:
            raise Http404
        links = PackageEvent.objects.filter(event_id=event.pk).order_by("position", "package_id")
        page = page_of(links, self.request)
        packages = Package.objects.in_bulk([link.package_id for link in page])
        return super().get_context_data(**context) | {
            "event": event,
            "page": page,
            "packages": [packages[link.package_id] for link in page],
            "proof": proof_states([event.statement_id])[event.statement_id],
        }


class Refusals(Member, TemplateView):
    """Refused scans are findings: an organisation sees its own, a regulator all."""

    template_name = "desk/refused.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = (
            RefusedEvent.objects.defer("document")
            .select_related("actor")
            .order_by("-recorded_at", "-id")
        )
        if self.actor.kind != Kind.REGULATOR:
            rows = rows.filter(actor_id=self.actor.organisation_id)
        return super().get_context_data(**context) | {"page": page_of(rows, self.request)}
