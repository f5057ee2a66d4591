"""The register of licences: granted, suspended, reinstated, revoked. Each change is an entry of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from apps.desk.oversight.access import Authority
from apps.desk.paging import page_of
from apps.oversight import licensing
from apps.parties.models import Licence, Membership, Organisation
from apps.parties.permissions import may
from pharmatrace.kernel.refusal import Refused

STATES = {
    "in_force": (gettext_lazy("In force"), "good", "good"),
    "ends_soon": (gettext_lazy("Ends within 90 days"), "warn", "warn"),
    "not_yet": (gettext_lazy("Not yet in force"), "unknown", "job"),
    "over": (gettext_lazy("Over"), "stop", "stop"),
    "suspended": (gettext_lazy("Suspended"), "stop", "lock"),
    "revoked": (gettext_lazy("Revoked"), "stop", "stop"),
}
VERBS = {
    "suspend": (gettext_lazy("Suspend"), gettext_lazy("It does not count until it is reinstated.")),
    "reinstate": (gettext_lazy("Reinstate"), gettext_lazy("It counts again from now on.")),
    "revoke": (gettext_lazy("Revoke"), gettext_lazy("It ends for good. This cannot be undone.")),
}
CHANGES = {
    "suspended": ("reinstate", "revoke"),
    "revoked": (),
    "in_force": ("suspend", "revoke"),
    "ends_soon": ("suspend", "revoke"),
    "not_yet": ("suspend", "revoke"),
    "over": ("revoke",),
}


class Row(NamedTuple):
    """`verbs` are what this reader may do with the licence now."""

    licence: Licence
    state: tuple[Any, str, str]
    verbs: list[tuple[str, Any]]


def with_states(rows: Iterable[Licence], on: date, membership: Membership) -> list[Row]:
    out = []
    for licence in rows:
        state = licensing.state_of(licence, on=on)
        verbs = CHANGES[state] if licensing.may_change(membership, licence) else ()
        out.append(Row(licence, STATES[state], [(verb, VERBS[verb][0]) for verb in verbs]))
    return out


class Licences(Authority, TemplateView):
    template_name = "oversight/licences.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "") for name in ("state", "activity", "country")}
        asked["country"] = asked["country"].strip().upper()[:2]
        today = timezone.now().date()
        page = page_of(licensing.licences(on=today, **asked), self.request)
        return super().get_context_data(**context) | {
            "page": page,
            "rows": with_states(page, today, self.membership),
            "asked": asked,
            "states": {name: STATES[name][0] for name in licensing.STATES},
            "activities": Licence.Activity.choices,
            "may_grant": may(self.membership, "parties.suspend_licence"),
        }


class GrantForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Organisation"),
        empty_label=gettext_lazy("Choose …"),
    )
    activity = forms.ChoiceField(choices=Licence.Activity.choices, label=gettext_lazy("Activity"))
    number = forms.CharField(max_length=60, label=gettext_lazy("Number"))
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day on which it counts."),
    )


class Grant(Authority, FormView):
    administers = True
    records = True
    form_class = GrantForm
    template_name = "oversight/grant.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        organisations = Organisation.objects.filter(country=self.actor.country)
        form.fields["organisation"].queryset = organisations.exclude(
            kind=Organisation.Kind.REGULATOR
        )
        return form

    def get_initial(self) -> dict[str, Any]:
        return {"organisation": self.request.GET.get("organisation", "")}

    def form_valid(self, form: GrantForm) -> HttpResponse:
        try:
            made = licensing.grant(by=self.membership, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            for one in refused.refusals:
                field = one.data.get("field")
                form.add_error(field if field in form.fields else None, one.sentence)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Licence %(number)s is granted, and entered into the log.") % {"number": made.number},
        )
        return HttpResponseRedirect(
            reverse("oversight:organisation", args=[made.organisation_id]) + "#licences"
        )

    def form_invalid(self, form: GrantForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Change(Authority, TemplateView):
    """Says what the change means, and does it when the form is sent."""

    administers = True
    records = True
    template_name = "oversight/licence_change.html"

    def licence(self) -> Licence:
        if self.kwargs["verb"] not in VERBS:
            raise Http404
        return get_object_or_404(
            Licence.objects.select_related("organisation"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        licence = self.licence()
        state = licensing.state_of(licence, on=timezone.now().date())
        word, meaning = VERBS[self.kwargs["verb"]]
        mine = licensing.may_change(self.membership, licence)
        return super().get_context_data(**context) | {
            "licence": licence,
            "state": STATES[state],
            "word": word,
            "meaning": meaning,
            "possible": mine and self.kwargs["verb"] in CHANGES[state],
            "mine": mine,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        licence = self.licence()
        try:
            licensing.change(
                by=self.membership, licence=licence, verb=kwargs["verb"], at=timezone.now()
            )
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(
                request,
                _("Done, and entered into the log: licence %(number)s.")
                % {"number": licence.number},
            )
        address = reverse("oversight:organisation", args=[licence.organisation_id])
        return HttpResponseRedirect(f"{address}#licences")
