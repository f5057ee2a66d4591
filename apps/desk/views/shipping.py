"""Sending packages to somebody, or back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from apps.custody.outcomes import CaptureResult
from apps.desk.access import TRADERS, Member
from apps.desk.deliveries import outgoing_deliveries
from apps.desk.forms.moves import ShipForm
from apps.desk.paging import page_of
from apps.desk.recording import Recording, in_events
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.model import Event


class Ship(Recording):
    form_class = ShipForm
    returning = False
    heading = gettext_lazy("Ship")
    lead = gettext_lazy("The goods stay yours until the other side has received them.")
    icon = "ship"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        return {
            "packages": "\n".join(self.request.GET.getlist("package")),
            "consignee": self.request.GET.get("to"),
        }

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        return [
            acts.ship(
                portion,
                sender_gln=self.actor.gln,
                consignee_gln=data["consignee"].gln,
                reference=data["reference"],
                site_gln=self.actor.site_gln,
                at=at,
                returning=self.returning,
            )
            for portion in in_events(data["packages"].uris)
        ]

    def said(self, data: dict[str, Any]) -> str:
        return _("%(count)s packages are on their way to %(name)s.") % {
            "count": f"{len(data['packages'].packages):,}",
            "name": data["consignee"].name,
        }

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        return reverse("desk:outgoing")


class Return(Ship):
    returning = True
    heading = gettext_lazy("Send back")
    lead = gettext_lazy("Goods that go back, also those that may no longer be sold: expired or recalled ones.")  # fmt: skip
    icon = "return"


class Outgoing(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/outgoing.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        deliveries = outgoing_deliveries(self.actor.organisation_id)
        return super().get_context_data(**context) | {"page": page_of(deliveries, self.request)}
