"""The form for a suspicion. It needs no cookie and no script."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.safety.reporting import FOUND, MOST_CHARACTERS


class ReportForm(forms.Form):
    code = forms.CharField(
        label=_("Code on the pack"), max_length=300, required=False,
        help_text=_("Scan it, or type what is printed next to PC or GTIN and SN. Leave it empty if there is none."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "ltr"}),
    )  # fmt: skip
    found = forms.MultipleChoiceField(
        label=_("What is wrong?"), choices=list(FOUND.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one thing that is wrong.")},
    )  # fmt: skip
    words = forms.CharField(
        label=_("In your own words"), max_length=MOST_CHARACTERS, required=False,
        help_text=_("What did you notice, and where did you get the pack? Please write nothing about your health and no names."),
        widget=forms.Textarea({"rows": 4, "class": "prose-input"}),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("A photo of the pack"), required=False, max_length=255,
        help_text=_("JPEG, PNG or WebP, up to 10 MB. Where and with what it was taken is removed from it."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("How to reach you"), max_length=200, required=False,
        help_text=_("E-mail or telephone, only if they may ask you back. Kept apart from the report, and deleted when it is closed."),
        widget=forms.TextInput({"autocomplete": "email"}),
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    # People do not see this field; programs that fill in every form do.
    subject = forms.CharField(
        label=_("Leave this field empty"), required=False, max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip

    def clean_subject(self) -> str:
        if self.cleaned_data["subject"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    @property
    def shown(self) -> list[Any]:
        """The fields that people fill in, in order."""
        return [self[name] for name in ("code", "found", "words", "photo", "contact")]
