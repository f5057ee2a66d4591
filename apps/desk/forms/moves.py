"""Forms that pack a batch into cases, and that unpack."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.catalog.models import Batch
from apps.desk.containers import MOST_AT_ONCE
from apps.desk.forms.packages import ScansField, SsccField
from apps.desk.recording import EVENT_SIZE


class CasesForm(forms.Form):
    packs = forms.IntegerField(
        label=gettext_lazy("How many packs"), min_value=1, max_value=MOST_AT_ONCE
    )
    size = forms.IntegerField(
        label=gettext_lazy("Packs in a case"), min_value=1, max_value=EVENT_SIZE, initial=50
    )

    def __init__(self, *args: Any, batch: Batch, **options: Any) -> None:
        self.batch = batch
        super().__init__(*args, **options)


class UnpackForm(forms.Form):
    container = SsccField(label=gettext_lazy("Container (SSCC)"))
    packages = ScansField(
        label=gettext_lazy("What comes out"),
        required=False,
        help_text=gettext_lazy("One code per line. Leave it empty to take everything out."),
    )
