"""Background work: what runs, how far it is, stopping it, starting it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from apps.desk.access import Kind, Member
from apps.desk.filtering.lists import JobFilter
from apps.desk.filtering.narrowing import narrow
from apps.desk.paging import page_of
from apps.jobs import services
from apps.jobs.pace import pace_of
from apps.jobs.selectors import jobs_of
from apps.parties.models import User
from pharmatrace.kernel.refusal import Refused


class JobMember(Member):
    kinds = (Kind.MANUFACTURER,)


class Jobs(JobMember, TemplateView):
    template_name = "desk/jobs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = jobs_of(self.actor.organisation_id).order_by("-created_at")
        rows, narrowed = narrow(self.request, JobFilter, rows)
        return super().get_context_data(**context) | {
            "page": page_of(rows, self.request),
            "narrowed": narrowed,
        }


class JobPage(JobMember, TemplateView):
    """The whole page, or with `fragment` only the moving part of it."""

    fragment = False

    def get_template_names(self) -> list[str]:
        return ["jobs/_progress.html" if self.fragment else "desk/job.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        job = get_object_or_404(jobs_of(self.actor.organisation_id), pk=self.kwargs["pk"])
        return super().get_context_data(**context) | {
            "job": job,
            "owner": User.objects.filter(pk__in=[job.owner_id or 0]).first(),
            "may_act": self.membership.role != "viewer",
            "pace": pace_of(job, now=timezone.now()),
        }


class ChangeJob(JobMember, View):
    """Cancels or retries; what the job says no to is told on its page."""

    records = True
    verb = ""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        job = get_object_or_404(jobs_of(self.actor.organisation_id), pk=pk)
        change = services.cancel if self.verb == "cancel" else services.retry
        try:
            change(job=job, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("desk:job", args=[pk]))
