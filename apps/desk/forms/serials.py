"""Where the serial numbers of a batch come from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.custody.serials import LENGTH, LONGEST, Recipe

ALPHABETS = [
    (
        "clear",
        gettext_lazy("Digits and capitals, without 0, 1, I and O, which people confuse (32)"),
    ),
    ("upper", gettext_lazy("Digits and capitals (36)")),
    ("mixed", gettext_lazy("Digits, capitals and small letters (62)")),
    ("digits", gettext_lazy("Digits only (10)")),
]


class SerialsForm(forms.Form):
    source = forms.ChoiceField(
        label=gettext_lazy("Serial numbers"),
        choices=[
            ("generate", gettext_lazy("Make random ones here")),
            ("upload", gettext_lazy("Take the ones in my file")),
        ],
        widget=forms.RadioSelect,
        initial="generate",
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many packs"), min_value=1, max_value=2**31 - 1, required=False
    )
    alphabet = forms.ChoiceField(
        label=gettext_lazy("Characters"), choices=ALPHABETS, initial="clear", required=False
    )
    length = forms.IntegerField(
        label=gettext_lazy("Length"), min_value=1, max_value=LONGEST, initial=LENGTH, required=False,
        help_text=gettext_lazy("At most 20 characters, and so many that nobody can guess one (EU 2016/161 art. 4)."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, allow_empty_file=True,
        help_text=gettext_lazy(
            "CSV or XLSX with a column “serial” or “code”, or EPCIS (JSON or XML). At most 32 MB."
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") == "upload":
            if data.get("file") is None and "file" not in self.errors:
                self.add_error("file", _("Choose a file."))
        elif not data.get("count") and "count" not in self.errors:
            self.add_error("count", _("Say how many packs."))
        return data

    @property
    def recipe(self) -> Recipe:
        data = self.cleaned_data
        return Recipe(data.get("alphabet") or "clear", data.get("length") or LENGTH)
