"""For the authority and the installation's staff: who is asked in, and which licences wait."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.desk.settings.access import Administrator, Staff
from apps.desk.settings.doing import Button, add_refusals
from apps.desk.settings.forms import DeclineForm, GrantForm, InviteOrganisationForm
from apps.desk.settings.people import tell, told_link
from apps.parties.models import Invitation, LicenceApplication, Membership
from apps.parties.permissions import may
from apps.parties.services import (
    decline_application,
    grant_application,
    invite_organisation,
    revoke_invitation,
)
from pharmatrace.kernel.refusal import Refused

Outcome = LicenceApplication.Outcome


class Organisations(Staff, FormView):
    """Invitations of organisations: what was sent, and a form for the next."""

    template_name = "settings/organisations.html"
    form_class = InviteOrganisationForm

    def form_valid(self, form: InviteOrganisationForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            made, secret = invite_organisation(
                by=inviter(self.request),
                email=given["email"],
                kind=given["kind"],
                at=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
            return self.form_invalid(form)
        tell(self.request, made, secret)
        return HttpResponseRedirect(reverse("settings:organisations"))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        applications = LicenceApplication.objects.filter(outcome=Outcome.WAITING)
        by = inviter(self.request)
        return super().get_context_data(**context) | {
            "sent": sent_by(by)[:100],
            "now": timezone.now(),
            "link": told_link(self.request),
            "mail": settings.MAIL_IS_SENT,
            "applications": applications.select_related("organisation")[:200] if by else [],
        }


def inviter(request: Any) -> Membership | None:
    """The authority's administrator; None for staff who act for the installation."""
    membership = getattr(request, "membership", None)
    return membership if may(membership, "parties.invite_organisation") else None


def sent_by(by: Membership | None) -> Any:
    sender = by.organisation if by is not None else None
    return Invitation.objects.filter(organisation=None, sender=sender).select_related("accepted_by")


class Withdraw(Staff, Button):
    def do(self) -> str:
        row = get_object_or_404(sent_by(inviter(self.request)), pk=self.kwargs["pk"])
        revoke_invitation(invitation=row, at=timezone.now())
        return _("The link for %(email)s opens nothing more.") % {"email": row.email}

    def back(self) -> str:
        return reverse("settings:organisations")


class Application(Administrator, TemplateView):
    """A licence somebody says they have: grant it, or say why not."""

    permission = "parties.decide_licence"
    template_name = "settings/application.html"

    def application(self) -> LicenceApplication:
        rows = LicenceApplication.objects.select_related("organisation")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        application, declined = self.application(), "decline" in request.POST
        form: Any = DeclineForm(request.POST) if declined else GrantForm(request.POST)
        if form.is_valid():
            decide = decline_application if declined else grant_application
            try:
                decide(
                    application=application,
                    by=self.membership,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except Refused as refused:
                add_refusals(form, refused)
            else:
                messages.success(request, _("That is decided."))
                return HttpResponseRedirect(reverse("settings:organisations"))
        context = self.get_context_data(**{"declining" if declined else "granting": form})
        return self.render_to_response(context, status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        forms = {
            "granting": GrantForm(initial={"valid_from": timezone.now().date()}),
            "declining": DeclineForm(),
        }
        return super().get_context_data(**forms | context) | {"application": self.application()}
