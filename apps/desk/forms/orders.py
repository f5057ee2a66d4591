"""The form of an order: who wants it, and the lines, typed or as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.desk.orders.reading import Wanted, lines_of_file, lines_of_text
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.refusal import Refused

MOST_OCTETS = 5 * 1024 * 1024


class OrderForm(forms.Form):
    customer = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("For"), empty_label=gettext_lazy("Choose …")
    )
    reference = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,40}$",
        label=gettext_lazy("Order number"),
        error_messages={"invalid": gettext_lazy("Only letters, digits, dots, dashes and underscores, at most 40.")},
    )  # fmt: skip
    lines = forms.CharField(
        label=gettext_lazy("What is wanted"),
        required=False,
        strip=False,
        help_text=gettext_lazy("One line each: GTIN or name, number of packs, and the lot if it must be that one. For example: Examplin; 40; L1"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Or a table"),
        required=False,
        help_text=gettext_lazy("CSV or XLSX with the columns product, quantity, lot."),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,text/csv"}),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["customer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Organisation.objects.exclude(kind=Organisation.Kind.REGULATOR)
            .exclude(id=actor.organisation_id)
            .order_by("name")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            data["wanted"] = self._wanted(data)
        except Refused as refused:
            raise ValidationError([one.sentence for one in refused.refusals]) from None
        return data

    def _wanted(self, data: dict[str, Any]) -> list[Wanted]:
        upload = data.get("file")
        if upload is None:
            return lines_of_text(data.get("lines") or "")
        if upload.size > MOST_OCTETS:
            raise Refused.one("file_too_large", _("The table has more than 5 MB; split the order."))
        with tempfile.NamedTemporaryFile() as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
            copy.flush()
            return lines_of_file(Path(copy.name), upload.name or "")
