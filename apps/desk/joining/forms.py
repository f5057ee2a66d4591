"""What an invited person is asked, and no more than is needed to begin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from apps.desk.joining.refusal_words import told
from apps.parties.accounts.forms import CredentialField
from apps.parties.accounts.passkeys import check_credential
from apps.parties.checking import checked_gln
from apps.parties.countries import to_choose_from
from apps.parties.models import Organisation, Site, User
from apps.parties.services.onboard_organisation import check_prefixes_free
from pharmatrace.kernel.refusal import Refused


class Gln(forms.CharField):
    """13 digits; blanks and dashes between them, as they are printed, are let go."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
        )
        super().__init__(max_length=40, widget=widget, **more)

    def clean(self, value: Any) -> str:
        text = "".join(c for c in super().clean(value) if c not in " -\N{NO-BREAK SPACE}")
        try:
            return checked_gln(text)
        except Refused as refused:
            raise ValidationError(told(refused), code=refused.codes[0]) from None


class Address(forms.Form):
    street = forms.CharField(label=_("Street and number"), max_length=160)
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    city = forms.CharField(label=_("City"), max_length=80)
    country = forms.ChoiceField(label=_("Country"), choices=to_choose_from)


class OrganisationForm(Address):
    name = forms.CharField(label=_("Name of the organisation"), max_length=160)
    gln = Gln(
        label=_("Global location number (GLN)"),
        help_text=_("13 digits. It is on the contract with GS1, and often on your invoices."),
    )
    authority = forms.CharField(
        label=_("Who gave you the licence"),
        max_length=120,
        help_text=_("The name of the authority."),
    )
    number = forms.CharField(label=_("Number of the licence"), max_length=60)
    gs1_prefix = forms.CharField(
        label=_("GS1 company prefix"), max_length=120, required=False,
        help_text=_("What your GTINs begin with. More than one: with commas between."),
    )  # fmt: skip

    field_order = ["name", "gln", "street", "postal_code", "city", "country", "authority", "number"]

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        if kind == Organisation.Kind.REGULATOR:
            del self.fields["authority"], self.fields["number"]
        if kind != Organisation.Kind.MANUFACTURER:
            del self.fields["gs1_prefix"]

    def clean_gln(self) -> str:
        gln: str = self.cleaned_data["gln"]
        if Organisation.objects.filter(gln=gln).exists():
            raise ValidationError(say("An organisation with this GLN is registered already."))
        return gln

    def clean_gs1_prefix(self) -> str:
        given = [one.strip() for one in self.cleaned_data["gs1_prefix"].split(",") if one.strip()]
        if not all(one.isascii() and one.isdigit() and 4 <= len(one) <= 12 for one in given):
            raise ValidationError(say("A company prefix has 4 to 12 digits."))
        try:
            check_prefixes_free(given)
        except Refused as refused:
            raise ValidationError(told(refused)) from None
        return ",".join(given)


class SiteForm(Address):
    name = forms.CharField(
        label=_("What the place is called"), max_length=160, help_text=_("As your people call it.")
    )
    gln = Gln(
        label=_("GLN of the place"),
        help_text=_("If you have one place and one number, it is the same."),
    )

    field_order = ["name", "gln", "street", "postal_code", "city", "country"]

    def clean_gln(self) -> str:
        gln: str = self.cleaned_data["gln"]
        if Site.objects.filter(gln=gln).exists():
            raise ValidationError(say("A place with this GLN is registered already."))
        return gln


class NewPersonForm(forms.Form):
    """Name, and a password or a passkey."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("A password"), required=False, max_length=500, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Eight characters at least. Three words that do not belong together are good."),
    )  # fmt: skip
    credential = CredentialField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, email: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.email = email

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        password, credential = given.get("password"), given.get("credential")
        if self.errors:
            return given
        if credential:
            check_credential(credential)
        elif not password:
            self.add_error("password", say("Choose a password, or use a passkey."))
        else:
            try:
                validate_password(password, User(email=self.email, name=given["name"]))
            except ValidationError as error:
                self.add_error("password", error)
        return given
