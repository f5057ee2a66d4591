"""Organisations: the register, and one of them as an authority looks at it."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from apps.custody.underway import packages_coming_to
from apps.desk.oversight.access import Authority, looked, open_cases
from apps.desk.oversight.licences import with_states
from apps.desk.paging import page_of
from apps.oversight import organisations
from apps.oversight.models import AccessRecord
from apps.parties.models import Organisation
from apps.parties.selectors import keys_of


class Organisations(Authority, TemplateView):
    template_name = "oversight/organisations.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        country = self.request.GET.get("country", "").strip().upper()[:2]
        rows = organisations.listed(kind=kind, country=country)
        return super().get_context_data(**context) | {
            "page": page_of(rows, self.request),
            "kinds": Organisation.Kind.choices,
            "kind": kind,
            "country": country,
        }


class OrganisationPage(Authority, TemplateView):
    template_name = "oversight/organisation.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = get_object_or_404(Organisation, pk=self.kwargs["pk"])
        looked(
            self.request, AccessRecord.Kind.ORGANISATION, f"{one.name} (GLN {one.gln})", [one.pk]
        )
        today = timezone.now().date()
        return super().get_context_data(**context) | {
            "organisation": one,
            "licences": with_states(one.licences.all(), today, self.membership),
            "keys": keys_of(one.pk),
            "sites": one.sites.all(),
            "holdings": organisations.holdings(one.pk),
            "coming": packages_coming_to(one.pk),
            "events": organisations.newest_events(one.pk),
            "refusals": organisations.newest_refusals(one.pk),
            "alerts": organisations.newest_alerts(one.pk),
            "open_cases": open_cases(self.membership),
            "query": f"organisation={one.pk}",
            "home": one.country == self.membership.organisation.country,
        }
