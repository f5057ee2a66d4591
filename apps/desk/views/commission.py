"""Giving packs their serial numbers, in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView

from apps.catalog.models import Batch
from apps.catalog.selectors import batches_for
from apps.custody.models import Package
from apps.custody.services.commission import start_commission
from apps.desk import moments
from apps.desk.access import Kind, Member
from apps.desk.forms.catalog import CommissionForm
from apps.desk.recording import form_too_old
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
        try:
            job = self._started_once(form.cleaned_data, moment)
        except Refused as refused:
            for one in refused.refusals:
                field = one.data.get("field")
                form.add_error(field if field in form.fields else None, one.sentence)
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("desk:job", args=[job.pk]))

    @transaction.atomic
    def _started_once(self, data: dict[str, Any], moment: datetime) -> Job:
        """The job of this form: the one an earlier press of its button started, or a new one. The batch stays
        locked until the answer, so two presses at once take turns."""
        batch = self.batch()
        Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        earlier = Job.objects.filter(
            kind="commission", organisation_id=self.actor.organisation_id, created_at=moment,
            parameters__batch=str(batch.pk),
        ).first()  # fmt: skip
        if earlier is not None:
            messages.info(self.request, _("This was already started; here it is."))
        return earlier or self._start(data, batch, moment)

    def _start(self, data: dict[str, Any], batch: Batch, moment: datetime) -> Job:
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
