"""Recalling a batch: how far it reaches, who is asking, one press; then who was told and who has answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.catalog.models import Batch
from apps.catalog.selectors import batches_for
from apps.desk.access import Kind, Member
from apps.desk.confirming import confirm_person, confirmed_without_password, has_no_password
from apps.desk.forms.catalog import RecallForm
from apps.desk.oversight.access import looked
from apps.desk.whereabouts.counting import count_batch
from apps.desk.whereabouts.selectors import whereabouts_of
from apps.oversight.models import AccessRecord
from apps.oversight.reach import reach_of
from apps.safety.selectors import holders_of
from apps.safety.services import recall
from pharmatrace.kernel.refusal import Refused


class RecallMember(Member):
    kinds = (Kind.MANUFACTURER, Kind.REGULATOR)
    kwargs: dict[str, Any]

    @cached_property
    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])


@confirmed_without_password
class RecallBatch(RecallMember, FormView):
    records = True
    form_class = RecallForm
    template_name = "desk/recall.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "lot": self.batch.lot,
            "asks_password": not has_no_password(self.request),
        }

    def form_valid(self, form: RecallForm) -> HttpResponse:
        data, now = form.cleaned_data, timezone.now()
        try:
            if self.batch.recalled_at is None and "password" in data:
                confirm_person(
                    request=self.request,
                    user=self.membership.user,
                    password=data["password"],
                    at=now,
                )
            recall(
                actor=self.actor, user=self.membership.user, batch=self.batch, severity=data["severity"],
                reason=data["reason"], instruction=data["instruction"], at=now,
            )  # fmt: skip
        except Refused as refused:
            if refused.codes != ("already_recalled",):
                for one in refused.refusals:
                    field = one.data.get("field")
                    form.add_error(field if field in form.fields else None, one.sentence)
                return self.form_invalid(form)
            messages.info(self.request, str(refused))
        else:
            messages.success(
                self.request,
                _("Batch %(lot)s is recalled. Its holders were told.") % {"lot": self.batch.lot},
            )
        return HttpResponseRedirect(reverse("desk:recall-notice", args=[self.batch.pk]))

    def form_invalid(self, form: RecallForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counted = count_batch(batch=self.batch, at=timezone.now())
        holders = holders_of(self.batch.pk)
        concerned = {self.batch.product.manufacturer_id, *holders}
        looked(self.request, AccessRecord.Kind.RECALL, str(self.batch), concerned)
        return super().get_context_data(**context) | {
            "batch": self.batch,
            "holders": len(holders),
            "where": whereabouts_of(self.batch, counted),
        }


class RecallNotice(RecallMember, TemplateView):
    """The notice, to print and to send along; under it who was told, who answered, and how many packs they have."""

    template_name = "desk/recall_notice.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = get_object_or_404(
            batches_for(self.actor).select_related("recall__issued_by", "recall__issued_by_user"),
            pk=self.kwargs["pk"],
            recall__isnull=False,
        )
        reach = reach_of(batch.pk)
        concerned = {
            batch.product.manufacturer_id,
            *(one.organisation.pk for one in reach.holders),
        }
        looked(self.request, AccessRecord.Kind.RECALL, str(batch), concerned)
        return super().get_context_data(**context) | {
            "batch": batch,
            "recall": batch.recall,
            "reach": reach,
        }
