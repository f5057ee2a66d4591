"""The organisation itself, its licences and its sites."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.desk.settings.access import Administrator
from apps.desk.settings.doing import add_refusals
from apps.desk.settings.forms import LicenceForm, NewSiteForm, PlaceForm
from apps.parties.models import Licence, LicenceApplication, Site
from apps.parties.services import add_site, apply_for_licence, change_organisation, change_site
from apps.parties.services.onboard_organisation import ACTIVITY
from pharmatrace.kernel.refusal import Refused

WORDS = ("name", "street", "postal_code", "city", "country")


class _Form(Administrator, FormView):
    """`save` does it; what is refused stands at its field."""

    done: str

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.save(form.cleaned_data)
        except Refused as refused:
            add_refusals(form, refused)
            return self.form_invalid(form)
        messages.success(self.request, _("That is recorded."))
        return HttpResponseRedirect(reverse(self.done))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def save(self, given: dict[str, Any]) -> None:
        raise NotImplementedError


class OrganisationPage(_Form):
    template_name = "settings/organisation.html"
    form_class = PlaceForm
    done = "settings:organisation"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.membership.organisation, name) for name in WORDS}

    def save(self, given: dict[str, Any]) -> None:
        change_organisation(organisation=self.membership.organisation, at=timezone.now(), **given)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        organisation = self.membership.organisation
        today = timezone.now().date()
        return super().get_context_data(**context) | {
            "licences": [(one, state_of(one, today)) for one in organisation.licences.all()],
            "applications": organisation.licence_applications.exclude(
                outcome=LicenceApplication.Outcome.GRANTED
            ),
            "may_apply": organisation.kind in ACTIVITY,
        }


def state_of(licence: Licence, today: Any) -> str:
    """`revoked`, `suspended`, `later`, `over` or `counts`."""
    if licence.revoked_at:
        return "revoked"
    if licence.suspended_at:
        return "suspended"
    if licence.valid_from > today:
        return "later"
    return "over" if licence.valid_until and licence.valid_until < today else "counts"


class Apply(_Form):
    template_name = "settings/apply.html"
    form_class = LicenceForm
    done = "settings:organisation"

    def save(self, given: dict[str, Any]) -> None:
        organisation = self.membership.organisation
        activity = ACTIVITY.get(organisation.kind, "")
        apply_for_licence(organisation=organisation, activity=activity, at=timezone.now(), **given)


class Sites(Administrator, TemplateView):
    template_name = "settings/sites.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sites = self.membership.organisation.sites.all()[:500]
        return super().get_context_data(**context) | {"sites": sites}


class NewSite(_Form):
    template_name = "settings/site.html"
    form_class = NewSiteForm
    done = "settings:sites"

    def get_initial(self) -> dict[str, Any]:
        return {"country": self.membership.organisation.country}

    def save(self, given: dict[str, Any]) -> None:
        add_site(organisation=self.membership.organisation, at=timezone.now(), **given)


class SitePage(_Form):
    template_name = "settings/site.html"
    form_class = PlaceForm
    done = "settings:sites"

    def site(self) -> Site:
        return get_object_or_404(self.membership.organisation.sites, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        site = self.site()
        return {name: getattr(site, name) for name in WORDS}

    def save(self, given: dict[str, Any]) -> None:
        change_site(site=self.site(), at=timezone.now(), **given)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"site": self.site()}
