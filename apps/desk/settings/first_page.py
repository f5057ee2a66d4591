"""The first page of the settings: for administrators what there is, for others their own account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.desk.access import Member
from apps.desk.joining.onboarding import WELCOME
from apps.parties.permissions import may


class FirstPage(Member, TemplateView):
    template_name = "settings/home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(self.membership, "administer"):
            return HttpResponseRedirect(reverse("account"))
        return super().get(request, *args, **kwargs)


class Welcomed(Member, View):
    """The first steps are not shown any more."""

    def post(self, request: HttpRequest) -> HttpResponse:
        request.session.pop(WELCOME, None)
        return HttpResponseRedirect(reverse("desk:home"))
