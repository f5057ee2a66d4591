"""People: who works here, as what and where; who is invited; who must have a second factor."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.desk.settings import once
from apps.desk.settings.access import Administrator, confirmed, confirmed_for_administrators
from apps.desk.settings.doing import Button, add_refusals
from apps.desk.settings.forms import InviteForm, RoleForm
from apps.desk.settings.mailing import send_invitation
from apps.parties.accounts.second_factor import COUNTING
from apps.parties.accounts.sign_ins import key_name, sign_ins_of
from apps.parties.models import BrowserSession, Invitation, Membership, Organisation
from apps.parties.services import (
    change_member,
    end_member,
    end_session,
    invite_person,
    revoke_invitation,
    set_second_factor_rule,
    take_back_member,
)
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)
MOST_SHOWN = 500


class People(Administrator, TemplateView):
    template_name = "settings/people.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        organisation = self.membership.organisation
        members = list(
            organisation.memberships.select_related("user", "site").order_by(
                "ended_at", "user__name"
            )[:MOST_SHOWN]
        )
        protected = set(
            Authenticator.objects.filter(
                user__in=[one.user_id for one in members], type__in=COUNTING
            ).values_list("user_id", flat=True)
        )
        waiting = organisation.invitations.filter(accepted_at=None, revoked_at=None)
        return super().get_context_data(**context) | {
            "members": [(one, one.user_id in protected) for one in members],
            "invitations": waiting.select_related("site", "invited_by")[:MOST_SHOWN],
            "now": timezone.now(),
            "link": told_link(self.request),
            "mail": settings.MAIL_IS_SENT,
            "rules": Organisation.SecondFactor.choices,
            "rule": organisation.second_factor,
        }


@confirmed_for_administrators
class Invite(Administrator, FormView):
    template_name = "settings/invite.html"
    form_class = InviteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organisation": self.membership.organisation}

    def form_valid(self, form: InviteForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            made, secret = invite_person(
                by=self.membership, email=given["email"], role=given["role"], site=given["site"],
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            add_refusals(form, refused)
            return self.form_invalid(form)
        tell(self.request, made, secret)
        return HttpResponseRedirect(reverse("settings:people") + "#invitations")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"mail": settings.MAIL_IS_SENT}


def told_link(request: Any) -> dict[str, str] | None:
    """The link that was just made and not sent: `email` and `address`, this one time."""
    kept = once.take(request, "invitation")
    if kept is None:
        return None
    email, _blank, address = kept.partition(" ")
    return {"email": email, "address": address}


def tell(request: Any, invitation: Invitation, secret: str) -> None:
    """By mail where mail is sent, and then whoever invites never sees the link; otherwise on the next page, once."""
    link = settings.SITE_URL + reverse("join:accept", args=[secret])
    if settings.MAIL_IS_SENT:
        try:
            send_invitation(invitation, link)
        except OSError as fault:  # SMTP's errors are some
            log.error("invitation_not_sent", fault=str(fault))
            messages.error(request, _("The mail could not be handed over. Invite once more later."))
            return
        messages.success(request, _("A link was sent to %(email)s.") % {"email": invitation.email})
    else:
        once.keep(request, "invitation", f"{invitation.email} {link}")


class RevokeInvitation(Administrator, Button):
    def do(self) -> str:
        mine = Invitation.objects.filter(organisation=self.membership.organisation)
        row = revoke_invitation(
            invitation=get_object_or_404(mine, pk=self.kwargs["pk"]), at=timezone.now()
        )
        return _("The link for %(email)s opens nothing more.") % {"email": row.email}

    def back(self) -> str:
        return reverse("settings:people") + "#invitations"


class _Of(Administrator):
    """Pages about one member of the organisation."""

    kwargs: dict[str, Any]

    def member(self) -> Membership:
        mine = Membership.objects.select_related("user", "site", "organisation")
        return get_object_or_404(
            mine, pk=self.kwargs["pk"], organisation_id=self.membership.organisation_id
        )

    def back(self) -> str:
        return reverse("settings:person", args=[self.kwargs["pk"]])


@confirmed_for_administrators
class Person(_Of, FormView):
    template_name = "settings/person.html"
    form_class = RoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        member = self.member()
        given = super().get_form_kwargs() | {"organisation": self.membership.organisation}
        return given | {"initial": {"role": member.role, "site": member.site_id}}

    def form_valid(self, form: RoleForm) -> HttpResponse:
        try:
            change_member(
                member=self.member(), by=self.membership, role=form.cleaned_data["role"],
                site=form.cleaned_data["site"], at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            add_refusals(form, refused)
            return self.form_invalid(form)
        messages.success(self.request, _("That is changed."))
        return HttpResponseRedirect(reverse("settings:people"))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        member = self.member()
        return super().get_context_data(**context) | {
            "member": member,
            "sign_ins": []
            if member.ended_at
            else sign_ins_of(member.user_id, current=self.request.session.session_key),
        }


class EndPerson(_Of, Button):
    def do(self) -> str:
        member = end_member(member=self.member(), by=self.membership, at=timezone.now())
        return _("%(name)s works here no more.") % {"name": member.user.name}

    def back(self) -> str:
        return reverse("settings:people")


class TakeBackPerson(_Of, Button):
    def do(self) -> str:
        member = take_back_member(member=self.member(), by=self.membership, at=timezone.now())
        return _("%(name)s works here again.") % {"name": member.user.name}


class EndSignIn(_Of, Button):
    def do(self) -> str:
        """Of somebody who works here: where others sign in is no business of this organisation."""
        member = self.member()
        mine = BrowserSession.objects.filter(user_id=member.user_id)
        for one in mine if member.ended_at is None else mine.none():
            if key_name(one.session_key) == self.kwargs["name"]:
                end_session(session=one, at=timezone.now())
        return _("That device is signed out.")


@confirmed
class SecondFactorRule(Administrator, Button):
    def do(self) -> str:
        set_second_factor_rule(
            by=self.membership, rule=self.request.POST.get("rule", ""), at=timezone.now()
        )
        return _("That is the rule from now on.")

    def back(self) -> str:
        return reverse("settings:people") + "#rule"
