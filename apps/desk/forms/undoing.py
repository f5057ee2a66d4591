"""Why dispensing is undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.desk.forms.packages import ScansField
from apps.safety.explaining import MOST
from apps.safety.models import UNDOINGS, Explanation


class UndoForm(forms.Form):
    packages = ScansField()
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[(reason.value, reason.label) for reason in UNDOINGS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=MOST,
        help_text=gettext_lazy("Nothing about the patient."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == Explanation.Reason.OTHER and not data.get("note", "").strip():
            raise ValidationError({"note": _("Say in a few words what it was.")})
        return data
