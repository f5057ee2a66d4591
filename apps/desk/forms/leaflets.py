"""The form for a leaflet's next version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.catalog.leaflet_pdf import MOST_OCTETS
from apps.catalog.leaflet_text import MOST_CHARACTERS


class LeafletForm(forms.Form):
    language = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Language"), help_text=_("Two letters, for example pt or es."),
        error_messages={"invalid": _("Two letters, for example pt.")},
    )  # fmt: skip
    market = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Market"),
        help_text=_("Two letters of the country, for example PT."),
        error_messages={"invalid": _("Two letters, for example PT.")},
    )  # fmt: skip
    pdf = forms.FileField(
        label=_("Leaflet (PDF)"),
        help_text=_("Up to 8 MB, without scripts, forms that send data, or attached files."),
        widget=forms.FileInput({"accept": "application/pdf"}),
    )
    text = forms.CharField(
        label=_("The same words as plain text"), required=False, max_length=MOST_CHARACTERS,
        help_text=_("For people who have it read aloud. An empty line between paragraphs; “1. What it is” alone in its paragraph is a heading; lines that begin with - are a list."),
        widget=forms.Textarea({"rows": 8, "class": "prose-input"}),
    )  # fmt: skip

    def clean_pdf(self) -> Any:
        file = self.cleaned_data["pdf"]
        if file.size > MOST_OCTETS:  # not even read
            raise ValidationError(_("A leaflet has at most 8 MB; this file has more."))
        return file
