"""Alerts and recalls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from apps.catalog.models import Batch
from apps.catalog.selectors import batches_for
from apps.desk.access import Kind, Member
from apps.desk.filtering.lists import AlertFilter
from apps.desk.filtering.narrowing import narrow
from apps.desk.forms.catalog import RecallForm
from apps.desk.paging import page_of
from apps.safety.selectors import holders_of, open_alerts
from apps.safety.services import close_alert, recall
from pharmatrace.kernel.refusal import Refused


class Alerts(Member, TemplateView):
    template_name = "desk/alerts.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, narrowed = narrow(self.request, AlertFilter, open_alerts(self.actor))
        return super().get_context_data(**context) | {
            "page": page_of(rows, self.request),
            "narrowed": narrowed,
            "may_close": self.membership.role != "viewer",
        }


class CloseAlert(Member, View):
    records = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = get_object_or_404(open_alerts(self.actor), pk=pk)
        close_alert(alert=alert, at=timezone.now())
        messages.success(request, _("The alert is closed."))
        return HttpResponseRedirect(reverse("desk:alerts"))


class RecallBatch(Member, FormView):
    kinds = (Kind.MANUFACTURER, Kind.REGULATOR)
    records = True
    form_class = RecallForm
    template_name = "desk/recall.html"

    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])

    def form_valid(self, form: RecallForm) -> HttpResponse:
        data = form.cleaned_data
        batch = self.batch()
        try:
            recall(
                actor=self.actor, user=self.membership.user, batch=batch, severity=data["severity"],
                reason=data["reason"], instruction=data["instruction"], at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            if refused.codes != ("already_recalled",):
                form.add_error(None, str(refused))
                return self.form_invalid(form)
            messages.info(self.request, str(refused))
        else:
            messages.success(
                self.request,
                _("Batch %(lot)s is recalled. Its holders were told.") % {"lot": batch.lot},
            )
        return HttpResponseRedirect(reverse("desk:batch", args=[batch.pk]))

    def form_invalid(self, form: RecallForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = self.batch()
        return super().get_context_data(**context) | {
            "batch": batch,
            "holders": len(holders_of(batch.pk)),
        }
