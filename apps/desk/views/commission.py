"""Giving packs their serial numbers: where from (step 2 of a batch), what they are (step 3), and off they go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from apps.catalog.models import Batch
from apps.catalog.selectors import batches_for
from apps.custody.serials import Recipe, generate
from apps.desk import moments
from apps.desk.access import Kind, Member
from apps.desk.forms.serials import SerialsForm
from apps.desk.paging import page_of
from apps.desk.recording import form_too_old
from apps.exchange.serials.models import SerialList
from apps.exchange.serials.room import room_of
from apps.exchange.serials.services import discard_list, generate_list, start_list, upload_list
from pharmatrace.kernel.refusal import Refused

SAMPLE = 5


class Commission(Member, FormView):
    """Step 2: made here, or from a file. The list that comes of it is looked over before anything is recorded."""

    kinds = (Kind.MANUFACTURER,)
    records = True
    form_class = SerialsForm
    template_name = "desk/commission.html"

    @cached_property
    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])

    def form_valid(self, form: SerialsForm) -> HttpResponse:
        moment = moments.take_back(self.request.POST.get("moment", ""), now=timezone.now())
        if moment is None:
            form.add_error(None, form_too_old().sentence)
            return self.form_invalid(form)
        try:
            made = self._list(form, moment)
        except Refused as refused:
            for one in refused.refusals:
                field = one.data.get("field")
                form.add_error(field if field in form.fields else None, one.sentence)
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("desk:serials", args=[made.pk]))

    def _list(self, form: SerialsForm, moment: datetime) -> SerialList:
        data = form.cleaned_data
        who: dict[str, Any] = {
            "actor": self.actor, "user": self.membership.user, "batch": self.batch, "at": moment,
        }  # fmt: skip
        if data["source"] == "upload":
            upload = data["file"]
            return upload_list(name=upload.name or "", content=upload.read(), **who)
        return generate_list(count=data["count"], recipe=form.recipe, **who)

    def form_invalid(self, form: SerialsForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        room = room_of(self.batch)
        if "form" not in context:
            context["form"] = SerialsForm(initial={"count": room or None})
        return super().get_context_data(**context) | {
            "batch": self.batch,
            "room": room,
            "moment": moments.hand_out(timezone.now()),
        }


class SerialListMember(Member):
    kinds = (Kind.MANUFACTURER,)
    records = True
    kwargs: dict[str, Any]

    @cached_property
    def serials(self) -> SerialList:
        mine = SerialList.objects.filter(
            batch__product__manufacturer_id=self.actor.organisation_id
        ).select_related("batch__product")
        return get_object_or_404(mine.defer("serials"), pk=self.kwargs["pk"])


class SerialListPage(SerialListMember, TemplateView):
    """Step 3: how many rows are right, what is wrong with the others. With `fragment` only what moves."""

    fragment = False

    def get_template_names(self) -> list[str]:
        return ["desk/_serials.html" if self.fragment else "desk/serials.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.serials
        return super().get_context_data(**context) | {
            "list": found,
            "batch": found.batch,
            "sample": _sample(found),
            "page": page_of(found.problems, self.request),
            "reads": found.state == SerialList.State.READING,
        }


def _sample(found: SerialList) -> list[str]:
    """The first numbers that will be printed, where they are made here and not started yet."""
    if not found.is_generated or found.state != SerialList.State.READY:
        return []
    recipe = Recipe(found.alphabet, found.length)
    return list(generate(bytes(found.secret), 0, min(SAMPLE, found.good), recipe))


class StartList(SerialListMember, View):
    """Step 4. Pressed twice it leads to the same job."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        before = self.serials.state
        try:
            job = start_list(
                actor=self.actor,
                user=self.membership.user,
                serials=self.serials,
                at=timezone.now(),
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("desk:serials", args=[pk]))
        if before == SerialList.State.STARTED:
            messages.info(request, _("This was already started; here it is."))
        return HttpResponseRedirect(reverse("desk:job", args=[job.pk]))


class DiscardList(SerialListMember, View):
    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        try:
            discard_list(serials=self.serials, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.info(request, _("The list was thrown away; nothing was recorded."))
        return HttpResponseRedirect(reverse("desk:commission", args=[self.serials.batch_id]))
