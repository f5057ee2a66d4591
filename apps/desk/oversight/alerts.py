"""Alerts of everybody, narrowed, and closed with a note of what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.desk.oversight.access import Authority, looked_over
from apps.desk.paging import page_of
from apps.oversight.filters import alerts, read_filter
from apps.parties.models import Organisation
from apps.safety.models import Alert
from apps.safety.services import close_alert
from pharmatrace.kernel.refusal import Refused

MOST_ORGANISATIONS = 500  # to choose from; more are found by the search


class Alerts(Authority, TemplateView):
    """Open ones unless others are asked for."""

    template_name = "oversight/alerts.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        given = self.request.GET.dict()
        narrowed = read_filter({"state": "open", **given})
        rows = alerts(narrowed).select_related("batch__product", "raised_for", "closed_by")
        page = page_of(rows.order_by("-raised_at", "-id"), self.request)
        looked_over(self.request, {row.raised_for_id for row in page})
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
            "kinds": Alert.Kind.choices,
            "organisations": Organisation.objects.order_by("name")[:MOST_ORGANISATIONS],
            "query": self.request.GET.urlencode() or "state=open",
            "may_close": self.membership.role != "viewer",
        }


class Close(Authority, View):
    records = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = get_object_or_404(Alert, pk=pk)
        note = request.POST.get("note", "").replace("\0", " ")
        try:
            close_alert(alert=alert, at=timezone.now(), by=self.membership.user, note=note)
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("The alert is closed."))
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if safe else reverse("oversight:alerts"))
