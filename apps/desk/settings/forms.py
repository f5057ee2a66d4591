"""Forms of the settings."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.desk.forms.catalog import SiteChoice
from apps.desk.joining.forms import Gln
from apps.parties.countries import to_choose_from
from apps.parties.models import ApiToken, Membership, Organisation, Site

ROLES = [
    (Membership.Role.OPERATOR, _("Operator: records what happens to packs")),
    (Membership.Role.VIEWER, _("Viewer: looks, and records nothing")),
    (Membership.Role.ADMIN, _("Administrator: records, and looks after people, keys and settings")),
]


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, widget=forms.RadioSelect, initial=Membership.Role.OPERATOR
    )
    site = SiteChoice(label=_("Where they work"), queryset=Site.objects.none())

    def __init__(self, *args: Any, organisation: Organisation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["site"].queryset = organisation.sites.all()  # type: ignore[attr-defined]
        self.fields["site"].initial = organisation.sites.first()


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ["email", "role", "site"]


class InviteOrganisationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of whoever will administer it"), max_length=254)
    kind = forms.ChoiceField(
        label=_("What it is"), widget=forms.RadioSelect,
        choices=[one for one in Organisation.Kind.choices if one[0] != Organisation.Kind.REGULATOR],
        initial=Organisation.Kind.PHARMACY,
    )  # fmt: skip


class PlaceForm(forms.Form):
    """Words about an organisation or a site."""

    name = forms.CharField(label=_("Name"), max_length=160)
    street = forms.CharField(label=_("Street and number"), max_length=160, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=to_choose_from)


class NewSiteForm(PlaceForm):
    gln = Gln(label=_("GLN of the place"), help_text=_("13 digits."))
    field_order = ["name", "gln"]


class LicenceForm(forms.Form):
    authority = forms.CharField(label=_("Who gave the licence"), max_length=120)
    number = forms.CharField(label=_("Number of the licence"), max_length=60)


class GrantForm(forms.Form):
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput({"type": "date"}))
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput({"type": "date"}),
        help_text=_("Empty: without end."),
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"), max_length=300, help_text=_("The organisation reads this.")
    )


LASTS = [(30, _("30 days")), (90, _("90 days")), (365, _("One year"))]


class TokenForm(forms.Form):
    """`id` names the token before it is made: sending the form twice makes one."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("For example the name of the machine."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple,
        choices=[
            (ApiToken.Scope.READ, _("Read: look up packs, events and subscriptions")),
            (ApiToken.Scope.CAPTURE, _("Capture: record events")),
        ],
        initial=[ApiToken.Scope.READ],
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("How long it lasts"), choices=LASTS, coerce=int, initial=365
    )

    def expires_at(self) -> Any:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class StolenForm(forms.Form):
    since = forms.DateTimeField(
        label=_("Since when may somebody else have it?"),
        widget=forms.DateTimeInput(
            {"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"
        ),
        help_text=_("The earliest moment you cannot rule out, in UTC."),
    )
