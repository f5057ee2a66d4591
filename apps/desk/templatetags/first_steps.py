"""What a new organisation does first, shown at home until it is put away."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.desk.joining.onboarding import WELCOME
from apps.parties.models import LicenceApplication, Membership
from apps.parties.services.onboard_organisation import ACTIVITY

register = template.Library()


class FirstStep(NamedTuple):
    words: str | Promise
    to: str
    done: bool
    waits: bool = False  # for somebody else


@register.inclusion_tag("settings/_first_steps.html", takes_context=True)
def first_steps(context: dict[str, Any]) -> dict[str, Any]:
    """Asks the database only in the session in which the organisation was registered."""
    request = context["request"]
    membership: Membership | None = request.membership
    if membership is None or not request.session.get(WELCOME):
        return {"steps": []}
    return {"steps": list(_steps(membership)), "csrf_token": context.get("csrf_token")}


def _steps(membership: Membership) -> Any:
    organisation = membership.organisation
    if organisation.kind in ACTIVITY:
        granted = organisation.licences.exists()
        waiting = LicenceApplication.objects.filter(organisation=organisation, outcome="waiting")
        words = _("Your licence counts") if granted else _("Your licence waits for the authority")
        yield FirstStep(words, reverse("settings:organisation"), granted, waiting.exists())
    factor = Authenticator.objects.filter(user_id=membership.user_id).exists()
    yield FirstStep(_("Protect your account with a second factor"), reverse("account"), factor)
    others = organisation.memberships.exclude(pk=membership.pk).exists()
    yield FirstStep(_("Invite whoever works with you"), reverse("settings:invite"), others)
    received = organisation.kind == "pharmacy"
    if received:
        yield FirstStep(_("Receive your first delivery"), reverse("desk:incoming"), False)
