"""Everything else that can be recorded about packages: one page per kind, all of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from apps.custody.outcomes import CaptureResult
from apps.desk.access import TRADERS, Member
from apps.desk.access import Kind as Org
from apps.desk.forms.packages import PackagesForm
from apps.desk.recording import Recording, in_events
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.model import Event

ALL = tuple(Org)


class Other(NamedTuple):
    name: str | Promise
    lead: str | Promise
    icon: str
    kinds: Sequence[str] = TRADERS


OTHERS: dict[str, Other] = {
    Kind.CANCEL_SHIPMENT: Other(gettext_lazy("Cancel a shipment"), gettext_lazy("Takes back packages that you shipped and nobody has received yet."), "return"),
    Kind.SAMPLE: Other(gettext_lazy("Take a sample"), gettext_lazy("For packs given to an authority or a laboratory."), "record"),
    Kind.EXPORT: Other(gettext_lazy("Export"), gettext_lazy("The packages leave this supply chain for another market."), "transit"),
    Kind.DECOMMISSION: Other(gettext_lazy("Decommission"), gettext_lazy("Takes packages out of circulation. It can be undone within ten days."), "stop"),
    Kind.REINSTATE: Other(gettext_lazy("Reinstate"), gettext_lazy("Undoes a decommissioning, an export or a sample within ten days, where it was recorded."), "return"),
    Kind.DESTROY: Other(gettext_lazy("Destroy"), gettext_lazy("The packages no longer exist. This can never be undone."), "stop"),
    Kind.REPORT_STOLEN: Other(gettext_lazy("Report stolen"), gettext_lazy("Everybody who scans the packages is warned. This can never be undone."), "alert"),
    Kind.INSPECT: Other(gettext_lazy("Inspect"), gettext_lazy("Records that packages were looked at. Changes nothing about them."), "scan", ALL),
}  # fmt: skip


def others_for(kind: str) -> dict[str, Other]:
    """What an organisation of this kind may record."""
    return {name: other for name, other in OTHERS.items() if kind in other.kinds}


class RecordChoice(Member, TemplateView):
    records = True
    template_name = "desk/record_choice.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        choices = others_for(self.actor.kind).items()
        return super().get_context_data(**context) | {
            "choices": [
                (reverse("desk:record-kind", args=[name]), other) for name, other in choices
            ]
        }


class RecordKind(Recording):
    kinds = ALL
    form_class = PackagesForm

    @property
    def other(self) -> Other:
        try:
            return others_for(self.actor.kind)[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    def get_initial(self) -> dict[str, Any]:
        return {"packages": "\n".join(self.request.GET.getlist("package"))}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        other = self.other
        return super().get_context_data(**context) | {
            "heading": other.name,
            "lead": other.lead,
            "button": other.name,
            "icon": other.icon,
            "back": reverse("desk:record"),
            "danger": self.kwargs["kind"] in (Kind.DESTROY, Kind.REPORT_STOLEN),
        }

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        self.other  # noqa: B018  a kind that is not theirs has no page
        return [
            acts.act(Kind(self.kwargs["kind"]), portion, site_gln=self.actor.site_gln, at=at)
            for portion in in_events(data["packages"].uris)
        ]

    def said(self, data: dict[str, Any]) -> str:
        return _("%(what)s: recorded for %(count)s packages.") % {
            "what": self.other.name,
            "count": f"{len(data['packages'].packages):,}",
        }

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        packages = data["packages"].packages
        if len(packages) == 1:
            return reverse("desk:package", args=[packages[0].package_id])
        return reverse("desk:events")
