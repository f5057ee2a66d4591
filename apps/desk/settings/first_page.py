"""The first page of the settings, and the first steps at home."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.desk.access import Member
from apps.desk.joining.onboarding import WELCOME
from apps.desk.settings.access import Administrator


class FirstPage(Administrator, TemplateView):
    template_name = "settings/home.html"


class Welcomed(Member, View):
    """The first steps are not shown any more."""

    def post(self, request: HttpRequest) -> HttpResponse:
        request.session.pop(WELCOME, None)
        return HttpResponseRedirect(reverse("desk:home"))
