"""Deliveries that arrive: what was expected, what was scanned, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from apps.custody.models import Package
from apps.desk import deliveries, moments
from apps.desk.access import TRADERS, Member
from apps.desk.forms.packages import ScansField, read_with
from apps.desk.paging import page_of
from apps.desk.recording import form_too_old, in_events, record, refusals_of
from apps.desk.templatetags.desk import delivery_number
from apps.parties.models import Organisation
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refusal, Refused


class ReceiveForm(forms.Form):
    packages = ScansField(label="", required=False, help_text="")


class Incoming(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/incoming.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = deliveries.incoming_deliveries(self.actor.organisation_id)
        return super().get_context_data(**context) | {"page": page_of(found, self.request)}


class Receive(Member, TemplateView):
    """GET shows what is expected. POST `compare` shows the differences and writes nothing; POST `all` or
    `confirm` records: what arrived is received, ticked lines are refused, what is missing stays on its way."""

    kinds = TRADERS
    records = True
    template_name = "desk/receive.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.reference = request.GET.get("reference", "")

    @cached_property
    def sender(self) -> Organisation:
        return get_object_or_404(Organisation, pk=self.kwargs["sender"])

    def expected(self) -> QuerySet[Package]:
        return deliveries.expected(
            receiver_id=self.actor.organisation_id, sender=self.sender, reference=self.reference
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        expected = self.expected()
        return self.show(ReceiveForm(), expected[: deliveries.MOST_SHOWN], count=expected.count())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReceiveForm(request.POST)
        read_with(form, self.calibration)
        expected = list(self.expected())
        if not form.is_valid():
            return self.show(form, expected, status=422)
        everything = request.POST.get("do") == "all"
        paths = [p.path for p in expected] if everything else form.cleaned_data["packages"].paths
        compared = deliveries.compare(expected, paths)
        if request.POST.get("do") == "compare":
            return self.show(form, expected, compared=compared)
        return self.write(form, expected, compared)

    def write(
        self, form: Any, expected: list[Package], compared: deliveries.Comparison
    ) -> HttpResponse:
        now = timezone.now()
        moment = moments.take_back(self.request.POST.get("moment", ""), now=now)
        if moment is None:
            return self.show(form, expected, compared=compared, refusals=[form_too_old()])
        if not compared.matched:
            return self.nothing_left(form, expected)
        refused = set(self.request.POST.getlist("refuse"))
        try:
            result = record(
                lambda at: self.events(compared, refused, at=at),
                actor=self.actor,
                moment=moment,
                now=now,
            )
        except Refused as no:
            return self.show(form, expected, compared=compared, refusals=no.refusals)
        if not result.ok:
            return self.show(form, expected, compared=compared, refusals=refusals_of(result))
        self.tell(compared, refused)
        return HttpResponseRedirect(reverse("desk:incoming"))

    def nothing_left(self, form: Any, expected: list[Package]) -> HttpResponse:
        """Nothing matches: a form sent twice, a colleague who was quicker, or the wrong delivery."""
        if expected:
            return self.show(
                form,
                expected,
                refusals=[
                    Refusal("nothing_matches", _("Nothing you scanned belongs to this delivery."))
                ],
            )
        messages.info(self.request, _("This was already recorded; nothing was added."))
        return HttpResponseRedirect(reverse("desk:incoming"))

    def events(
        self, compared: deliveries.Comparison, refused: set[str], *, at: datetime
    ) -> Sequence[Event]:
        paths = [package.path for package in compared.matched]
        kept = [ID_STEM + path for path in paths if path not in refused]
        sent_back = [ID_STEM + path for path in paths if path in refused]
        return [
            acts.receive(
                portion,
                sender_gln=self.sender.gln,
                consignee_gln=self.actor.gln,
                reference=delivery_number(self.reference),
                site_gln=self.actor.site_gln,
                at=at,
                refusing=refusing,
            )
            for uris, refusing in ((kept, False), (sent_back, True))
            for portion in in_events(uris)
        ]

    def tell(self, compared: deliveries.Comparison, refused: set[str]) -> None:
        back = sum(1 for package in compared.matched if package.path in refused)
        got = len(compared.matched) - back
        said = [ngettext("%(n)s package received", "%(n)s packages received", got) % {"n": got}]
        if back:
            said.append(_("%(n)s refused") % {"n": back})
        if compared.missing:
            said.append(_("%(n)s missing and still on the way") % {"n": len(compared.missing)})
        words = ", ".join(said) + "."
        (messages.warning if back or compared.missing else messages.success)(self.request, words)

    def show(
        self,
        form: Any,
        expected: Sequence[Package] | QuerySet[Package],
        *,
        count: int | None = None,
        compared: deliveries.Comparison | None = None,
        refusals: Sequence[Refusal] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            sender=self.sender,
            reference=self.reference,
            expected=expected[: deliveries.MOST_SHOWN],
            expected_count=len(expected) if count is None else count,
            compared=compared,
            picked=set(self.request.POST.getlist("refuse")),
            refusals=refusals,
            moment=moments.hand_out(timezone.now()),
        )
        return self.render_to_response(context, status=422 if refusals else status)
