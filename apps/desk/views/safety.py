"""Alerts: what waits to be looked into."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.desk.access import Kind, Member
from apps.desk.filtering.lists import AlertFilter
from apps.desk.filtering.narrowing import narrow
from apps.desk.oversight.access import looked_over
from apps.desk.paging import page_of
from apps.safety.selectors import alerts_for, open_alerts
from apps.safety.services import close_alert


class Alerts(Member, TemplateView):
    template_name = "desk/alerts.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, narrowed = narrow(self.request, AlertFilter, open_alerts(self.actor))
        page = page_of(rows, self.request)
        looked_over(self.request, {row.raised_for_id for row in page})
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
            "may_close": self.membership.role != "viewer",
            "may_read_reports": self.actor.kind in (Kind.MANUFACTURER, Kind.REGULATOR),
        }


class CloseAlert(Member, View):
    records = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = get_object_or_404(alerts_for(self.actor), pk=pk)
        if alert.closed_at is not None:  # a colleague was quicker, or it was another window
            messages.info(request, _("That alert was closed already."))
        else:
            close_alert(alert=alert, at=timezone.now(), by=self.membership.user)
            messages.success(request, _("The alert is closed."))
        return HttpResponseRedirect(reverse("desk:alerts"))
