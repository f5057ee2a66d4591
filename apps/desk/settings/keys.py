"""Signing keys: a new one, and what to do when one was stolen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.desk.settings.access import Administrator, confirmed
from apps.desk.settings.doing import Button, add_refusals
from apps.desk.settings.forms import StolenForm
from apps.parties.models import SigningKey
from apps.parties.selectors import keys_of
from apps.parties.services import report_stolen_key, rotate_key
from pharmatrace.kernel.refusal import Refused


class Keys(Administrator, TemplateView):
    template_name = "settings/keys.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        keys = keys_of(self.membership.organisation_id)
        return super().get_context_data(**context) | {
            "keys": keys[::-1],
            "active": next((one for one in keys if one.is_active), None),
        }


@confirmed
class RotateKey(Administrator, Button):
    """`replaces` is the key that was shown: a second press of the button replaces nothing."""

    permission = "parties.rotate_key"

    def do(self) -> str:
        active = next(
            (one for one in keys_of(self.membership.organisation_id) if one.is_active), None
        )
        if str(active or "") != self.request.POST.get("replaces", ""):
            return _("There is a new key already.")
        rotate_key(organisation=self.membership.organisation, at=timezone.now())
        return _("There is a new key. What the old one signed still verifies.")

    def back(self) -> str:
        return reverse("settings:keys")


@confirmed
class StolenKey(Administrator, FormView):
    permission = "parties.revoke_key"
    template_name = "settings/stolen.html"
    form_class = StolenForm

    def key(self) -> SigningKey:
        found = [
            one
            for one in keys_of(self.membership.organisation_id)
            if str(one) == self.kwargs["kid"]
        ]
        if not found:
            raise Http404
        return found[0]

    def form_valid(self, form: StolenForm) -> HttpResponse:
        try:
            report_stolen_key(
                key=self.key(),
                since=form.cleaned_data["since"],
                at=timezone.now(),
                by=self.membership,
            )
        except Refused as refused:
            add_refusals(form, refused)
            return self.form_invalid(form)
        messages.warning(
            self.request,
            _(
                "The key signs no more, and what it signed since then is marked. Make a new one now."
            ),
        )
        return HttpResponseRedirect(reverse("settings:keys"))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"key": self.key()}
