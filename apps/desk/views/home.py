"""The first page: what waits for whoever is signed in; for a stranger, what this is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.catalog.models import Batch, Product
from apps.custody.models import RefusedEvent
from apps.custody.selectors import held_by, incoming, outgoing
from apps.desk.views.events import events_for
from apps.jobs.models import Job
from apps.ledger.selectors import latest_checkpoint
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Organisation
from apps.safety.selectors import open_alerts

RECENT = 8


class Home(TemplateView):
    def get_template_names(self) -> list[str]:
        if not self.request.user.is_authenticated:
            return ["desk/landing.html"]
        return ["desk/home.html" if self.membership else "desk/no_organisation.html"]

    @property
    def membership(self) -> Any:
        return getattr(self.request, "membership", None)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        if not self.membership:
            return context
        actor = actor_of(self.membership)
        return context | {
            "actor": actor,
            "waiting": regulator_waiting(actor) if _regulates(actor) else waiting(actor),
            "recent": events_for(actor)[:RECENT],
            "checkpoint": latest_checkpoint(),
            "other_memberships": self.membership.user.memberships.exclude(
                id=self.membership.id
            ).select_related("organisation", "site"),
        }


def _regulates(actor: Actor) -> bool:
    return actor.kind == Organisation.Kind.REGULATOR


def _tile(number: int, words: str, to: str, icon: str, *, urgent: bool = False) -> dict[str, Any]:
    return {
        "number": number,
        "words": words,
        "to": reverse(to),
        "icon": icon,
        "urgent": urgent and number > 0,
    }


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """What waits for somebody who makes, moves or dispenses."""
    me = actor.organisation_id
    tiles = [
        _tile(open_alerts(actor).count(), _("open alerts"), "desk:alerts", "alert", urgent=True),
        _tile(incoming(me).count(), _("packages on their way to you"), "desk:incoming", "receive"),
        _tile(outgoing(me).count(), _("packages not yet received"), "desk:outgoing", "transit"),
        _tile(held_by(me).filter(status="active").count(), _("in stock"), "desk:stock", "stock"),
    ]
    if actor.kind == Organisation.Kind.MANUFACTURER:
        running = Job.objects.filter(organisation_id=me, state__in=("queued", "running")).count()
        tiles += [
            _tile(running, _("jobs running"), "desk:jobs", "job"),
            _tile(
                Batch.objects.filter(product__manufacturer_id=me).count(),
                _("batches"), "desk:batches", "batch",
            ),
        ]  # fmt: skip
    return tiles


def regulator_waiting(actor: Actor) -> list[dict[str, Any]]:
    return [
        _tile(open_alerts(actor).count(), _("open alerts"), "desk:alerts", "alert", urgent=True),
        _tile(
            Batch.objects.filter(recalled_at__isnull=False).count(),
            _("recalled batches"), "desk:recalled", "recall",
        ),
        _tile(RefusedEvent.objects.count(), _("refused scans"), "desk:refused", "stop"),
        _tile(Product.objects.count(), _("products"), "desk:products", "product"),
    ]  # fmt: skip
