"""API tokens: what machines of ours sign in with."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.desk.settings import once
from apps.desk.settings.access import Administrator, confirmed
from apps.desk.settings.doing import Button, add_refusals
from apps.desk.settings.forms import TokenForm
from apps.parties.models import ApiToken
from apps.parties.services import issue_token, revoke_token
from pharmatrace.kernel.refusal import Refused

MOST_SHOWN = 200


class Tokens(Administrator, TemplateView):
    template_name = "settings/tokens.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = ApiToken.objects.filter(membership__organisation_id=self.membership.organisation_id)
        return super().get_context_data(**context) | {
            "tokens": mine.select_related("membership__user").order_by("revoked_at", "-created_at")[
                :MOST_SHOWN
            ],
            "now": timezone.now(),
            "secret": once.take(self.request, "token"),
        }


@confirmed
class NewToken(Administrator, FormView):
    """It acts as whoever makes it."""

    permission = "parties.issue_token"
    template_name = "settings/token.html"
    form_class = TokenForm

    def form_valid(self, form: TokenForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            _row, text = issue_token(
                membership=self.membership, name=given["name"], scopes=given["scopes"],
                expires_at=form.expires_at(), at=timezone.now(), id=given["id"],
            )  # fmt: skip
        except Refused as refused:
            if refused.codes != ("token_made",):
                add_refusals(form, refused)
                return self.form_invalid(form)
        else:
            once.keep(self.request, "token", text)
        return HttpResponseRedirect(reverse("settings:tokens"))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RevokeToken(Administrator, Button):
    def do(self) -> str:
        mine = ApiToken.objects.filter(membership__organisation_id=self.membership.organisation_id)
        token = revoke_token(token=get_object_or_404(mine, pk=self.kwargs["pk"]), at=timezone.now())
        return _("The token %(name)s opens nothing more.") % {"name": token.name}

    def back(self) -> str:
        return reverse("settings:tokens")
