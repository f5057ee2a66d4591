"""The form on the design's page: a field in every state that a field can be in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ExampleForm(forms.Form):
    lot = forms.CharField(label=_("Lot"), max_length=20, help_text=_("As it stands on the box."))
    packs = forms.IntegerField(label=_("Packs"), min_value=1, required=False)
    expiry = forms.CharField(label=_("Expiry"))
    market = forms.ChoiceField(
        label=_("Market"), choices=[("PT", "Portugal"), ("ES", "España"), ("DE", "Deutschland")]
    )
    site = forms.CharField(
        label=_("Site"), disabled=True, required=False, initial="Packaging line Sintra"
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        widget=forms.RadioSelect,
        choices=[
            ("1", _("Class 1: may be life-threatening")),
            ("2", _("Class 2: may cause illness")),
        ],
    )
    packages = forms.CharField(
        label=_("Packages"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Scan each one, one code per line."),
    )
    file = forms.FileField(label=_("File"), required=False)

    def clean_expiry(self) -> Any:
        raise forms.ValidationError(_("Write it as year and month, such as 2027-10."))


def filled_in_wrongly() -> ExampleForm:
    """As it comes back when somebody wrote the expiry as nobody reads it, and forgot the packages."""
    return ExampleForm(
        {"lot": "U008604", "expiry": "31/10", "market": "PT", "severity": "2", "packages": ""}
    )
