"""One package: where it is, what happened to it, and how that is proven."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from apps.custody.levels import level_of, whole_events
from apps.custody.models import Package
from apps.custody.selectors import Step, contents, history, outermost
from apps.desk.access import Member
from apps.desk.paging import page_of
from apps.desk.proofs import proof_states
from apps.desk.scans import read_scan
from apps.ledger.selectors import latest_checkpoint
from apps.verify.record import each_once
from pharmatrace.kernel.refusal import Refusal


class LookUp(Member, TemplateView):
    """The box that leads to a package's page."""

    template_name = "desk/look_up.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.GET.get("code", "")
        if not code.strip():
            return self.render_to_response(self.get_context_data())
        source = request.GET.get("source", "")
        reading = read_scan(code, calibration=self.calibration, source=source)
        problem, identity = reading.problem, reading.identity
        if identity is not None:
            if Package.objects.filter(pk=identity.package_id).exists():
                return HttpResponseRedirect(reverse("desk:package", args=[identity.package_id]))
            problem = Refusal("unknown_package", "")
        return self.render_to_response(
            self.get_context_data(code=code, problem=problem, identity=identity)
        )


class PackagePage(Member, TemplateView):
    template_name = "desk/package.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        package = get_object_or_404(
            Package.objects.select_related(
                "batch__product__manufacturer", "custodian", "site", "consignee", "parent"
            ),
            pk=self.kwargs["pk"],
        )
        steps = self._readable(history(package.pk))
        proofs = proof_states([step.event.statement_id for step in steps])
        me = self.actor.organisation_id
        top = outermost(package)
        return super().get_context_data(**context) | {
            "package": package,
            "top": top,
            "holds": me in (top.custodian_id, top.consignee_id),
            "mine": top.custodian_id == me and self.membership.role != "viewer",
            "complete": self.actor.kind == "regulator",
            "timeline": [(step, proofs[step.event.statement_id]) for step in steps],
            "contents": page_of(contents(package.pk).order_by("path"), self.request),
            "checkpoint": latest_checkpoint(),
        }

    def _readable(self, steps: list[Step]) -> list[Step]:
        """A regulator reads all; a party what it had a share in and everything before (`whole_events`)."""
        level = level_of(self.membership, steps)
        whole = whole_events(steps, level=level, organisation_id=self.membership.organisation_id)
        return [step for step in each_once(steps) if step.event.pk in whole]
