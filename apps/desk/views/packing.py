"""Putting packages into containers and taking them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.selectors import batches_for
from apps.custody.models import Package
from apps.custody.outcomes import CaptureResult
from apps.custody.selectors import contents
from apps.desk.access import Kind
from apps.desk.containers import MOST_AT_ONCE, case_packing, loose_packs
from apps.desk.forms.moves import CasesForm, UnpackForm
from apps.desk.recording import Recording, in_events
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refusal, Refused


class PackCases(Recording):
    """Packs many packs of a batch at once into cases of one size."""

    kinds = (Kind.MANUFACTURER,)
    form_class = CasesForm
    icon = "pack"
    heading = gettext_lazy("Pack a batch into cases")
    button = gettext_lazy("Pack")

    def get_form_kwargs(self) -> dict[str, Any]:
        batch = get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])
        return super().get_form_kwargs() | {"batch": batch}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        batch = context["form"].batch
        loose = loose_packs(batch.id, self.actor.site_id)[: MOST_AT_ONCE + 1].count()
        context["lead"] = _(
            "%(name)s, lot %(lot)s: %(loose)s packs are loose at %(site)s. Cases get numbers of their own."
        ) % {
            "name": batch.product.name,
            "lot": batch.lot,
            "loose": f"{loose:,}" if loose <= MOST_AT_ONCE else f"{MOST_AT_ONCE:,}+",
            "site": self.membership.site.name,
        }
        context["back"] = reverse("desk:batch", args=[batch.pk])
        return context

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        batch = get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])
        return case_packing(
            actor=self.actor, batch=batch, packs=data["packs"], size=data["size"], at=at
        )

    def again(self, form: Any, refusals: Sequence[Refusal]) -> HttpResponse:
        if [one.code for one in refusals] == ["already_packed"]:
            messages.info(self.request, refusals[0].sentence)
            return HttpResponseRedirect(reverse("desk:batch", args=[self.kwargs["pk"]]))
        return super().again(form, refusals)

    def said(self, data: dict[str, Any]) -> str:
        return _("%(packs)s packs are in %(cases)s cases.") % {
            "packs": f"{data['packs']:,}",
            "cases": f"{-(-data['packs'] // data['size']):,}",
        }

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        return reverse("desk:stock") + "?level=case"


class Unpack(Recording):
    form_class = UnpackForm
    heading = gettext_lazy("Unpack")
    lead = gettext_lazy("Take packages out of a container: all of them, or the ones you scan.")
    icon = "unpack"

    def get_initial(self) -> dict[str, Any]:
        return {"container": self.request.GET.get("container", "")}

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        container, scans = data["container"], data["packages"]
        uris = scans.uris or [
            ID_STEM + path
            for path in contents(container.package_id)
            .order_by("path")
            .values_list("path", flat=True)
        ]
        if not uris:
            raise Refused([self._nothing_inside(container)])
        return [
            acts.unpack(container.uri, portion, site_gln=self.actor.site_gln, at=at)
            for portion in in_events(uris)
        ]

    def _nothing_inside(self, container: Any) -> Refusal:
        if not Package.objects.filter(pk=container.package_id).exists():
            return Refusal("unknown_package", _("This container was never registered."))
        return Refusal("container_empty", _("Nothing is inside this container."))

    def said(self, data: dict[str, Any]) -> str:
        return _("Container %(sscc)s was unpacked.") % {"sscc": data["container"].sscc}

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        return reverse("desk:package", args=[data["container"].package_id])
