"""The first page: what waits for whoever is signed in; for a stranger, what this is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.catalog.models import Batch, Product
from apps.catalog.selectors import batches_for
from apps.custody.models import RefusedEvent
from apps.custody.selectors import held_by
from apps.custody.underway import packages_coming_to, packages_sent_by
from apps.desk.oversight.access import looked_over
from apps.desk.views.events import NewestEvents
from apps.desk.whereabouts.dashboard import maker_dashboard
from apps.jobs.models import Job
from apps.ledger.selectors import latest_checkpoint
from apps.ledger.services.run_audit import last_audit
from apps.oversight.looks import parties_to
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Organisation
from apps.parties.selectors import memberships_of
from apps.safety.selectors import open_alerts

RECENT = 8
MOST_COUNTED = 10_000  # what waits is counted so far and no further: nobody works off more in a day


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
        if actor.kind == Organisation.Kind.MANUFACTURER:
            context |= maker_dashboard(actor, now=timezone.now())
        recent = NewestEvents(actor)[:RECENT]
        looked_over(self.request, parties_to(recent))
        return context | {
            "actor": actor,
            "waiting": regulator_waiting(actor) if _regulates(actor) else waiting(actor),
            "recent": recent,
            "checkpoint": latest_checkpoint(),
            "audit": last_audit() if _regulates(actor) else None,
            "other_memberships": memberships_of(self.membership.user_id).exclude(
                id=self.membership.id
            ),
        }


def _regulates(actor: Actor) -> bool:
    return actor.kind == Organisation.Kind.REGULATOR


def _tile(
    rows: QuerySet[Any] | int, words: str, to: str, icon: str, *, urgent: bool = False
) -> dict[str, Any]:
    """`rows` to count, or how many there are."""
    found = rows if isinstance(rows, int) else rows.order_by()[: MOST_COUNTED + 1].count()
    return {
        "number": min(found, MOST_COUNTED),
        "more": found > MOST_COUNTED,
        "words": words,
        "to": reverse(to),
        "icon": icon,
        "urgent": urgent and found > 0,
    }


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """What waits for somebody who makes, moves or dispenses."""
    me = actor.organisation_id
    tiles = [
        _tile(open_alerts(actor), _("open alerts"), "desk:alerts", "alert", urgent=True),
        _tile(
            packages_coming_to(me), _("packages on their way to you"), "desk:incoming", "receive"
        ),
        _tile(packages_sent_by(me), _("packages not yet received"), "desk:outgoing", "transit"),
        _tile(held_by(me).filter(status="active"), _("in stock"), "desk:stock", "stock"),
    ]
    if actor.kind == Organisation.Kind.MANUFACTURER:
        running = Job.objects.filter(organisation_id=me, state__in=("queued", "running"))
        tiles += [
            _tile(running, _("jobs running"), "desk:jobs", "job"),
            _tile(batches_for(actor), _("batches"), "desk:batches", "batch"),
        ]
    return tiles


def regulator_waiting(actor: Actor) -> list[dict[str, Any]]:
    recalled = Batch.objects.filter(recalled_at__isnull=False)
    return [
        _tile(open_alerts(actor), _("open alerts"), "oversight:alerts", "alert", urgent=True),
        _tile(recalled, _("recalled batches"), "desk:recalled", "recall"),
        _tile(RefusedEvent.objects.all(), _("refused scans"), "desk:refused", "stop"),
        _tile(Product.objects.all(), _("products"), "desk:products", "product"),
    ]
