"""Partners without a key, whose reports this organisation records."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.desk.settings.access import Administrator
from apps.desk.settings.doing import Button
from apps.parties.models import Organisation
from apps.parties.services import end_representation


class Partners(Administrator, TemplateView):
    """Who may record for whom is said by the registrar (`manage.py registry represent`), not by whoever would like to."""

    template_name = "settings/partners.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = self.membership.organisation.represents.select_related("partner")
        return super().get_context_data(**context) | {"partners": mine[:500]}


class EndPartner(Administrator, Button):
    def do(self) -> str:
        mine = Organisation.objects.filter(
            represented_by__representative_id=self.membership.organisation_id
        )
        partner = get_object_or_404(mine, pk=self.kwargs["pk"])
        end_representation(
            partner=partner, representative=self.membership.organisation, at=timezone.now()
        )
        return _("You record nothing more for %(name)s.") % {"name": partner}

    def back(self) -> str:
        return reverse("settings:partners")
