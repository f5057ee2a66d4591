"""Giving packs their serial numbers, in the background."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.custody.services.commission import start_commission
from apps.desk import moments
from apps.desk.access import Kind, Member
from apps.desk.forms.catalog import CommissionForm
from apps.desk.recording import form_too_old
from apps.desk.views.catalog import batches_for
from apps.jobs.models import Job
from pharmatrace.kernel.refusal import Refused


class Commission(Member, FormView):
    kinds = (Kind.MANUFACTURER,)
    records = True
    form_class = CommissionForm
    template_name = "desk/commission.html"

    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])

    def form_valid(self, form: CommissionForm) -> HttpResponse:
        now = timezone.now()
        moment = moments.take_back(self.request.POST.get("moment", ""), now=now)
        if moment is None:
            form.add_error(None, form_too_old().sentence)
            return self.form_invalid(form)
        batch = self.batch()
        job = self._job_of_this_form(batch, moment)
        if job is not None:
            messages.info(self.request, _("This was already started; here it is."))
        else:
            try:
                job = self._start(form.cleaned_data, batch, moment)
            except Refused as refused:
                for one in refused.refusals:
                    field = one.data.get("field")
                    form.add_error(field if field in form.fields else None, one.sentence)
                return self.form_invalid(form)
        return HttpResponseRedirect(reverse("desk:job", args=[job.pk]))

    def _job_of_this_form(self, batch: Batch, moment: Any) -> Job | None:
        """The batch is locked until the answer, so the second press of a button finds what the first made."""
        return Job.objects.filter(
            kind="commission", organisation_id=self.actor.organisation_id, created_at=moment,
            parameters__batch=str(batch.pk),
        ).first()  # fmt: skip

    def _start(self, data: dict[str, Any], batch: Batch, moment: Any) -> Job:
        serials = data["serials"]
        return start_commission(
            actor=self.actor,
            user=self.membership.user,
            batch=batch,
            at=moment,
            **({"count": data["count"]} if serials is None else {"serials": serials}),
        )

    def form_invalid(self, form: CommissionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = self.batch()
        room = batch.quantity - Package.objects.filter(batch=batch).count()
        if "form" not in context:
            context["form"] = CommissionForm(initial={"count": room if room > 0 else None})
        return super().get_context_data(**context) | {
            "batch": batch,
            "room": room,
            "moment": moments.hand_out(timezone.now()),
        }
