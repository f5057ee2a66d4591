"""Forms that move packages: pack, unpack, ship, send back, and what has no form of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.models import Batch
from apps.desk.containers import MOST_AT_ONCE
from apps.desk.forms.packages import ScansField, SsccField
from apps.desk.recording import EVENT_SIZE
from apps.parties.actor import Actor
from apps.parties.models import Organisation


class PackForm(forms.Form):
    container = SsccField(
        label=gettext_lazy("Container (SSCC)"),
        help_text=gettext_lazy("A free number is filled in; scan another label if the container has one."),
    )  # fmt: skip
    packages = ScansField(label=gettext_lazy("What goes in"))

    def clean_packages(self) -> Any:
        scans = self.cleaned_data["packages"]
        if len(scans.packages) > EVENT_SIZE:
            raise ValidationError(_("One container takes at most 1,999 packages at a time."))
        return scans


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


class ShipForm(forms.Form):
    consignee = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("To"), empty_label=gettext_lazy("Choose …")
    )
    reference = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,40}$",
        label=gettext_lazy("Delivery number"),
        required=False,
        help_text=gettext_lazy("As it stands on the delivery note: letters, digits, dots and dashes."),
        error_messages={"invalid": gettext_lazy("Only letters, digits, dots, dashes and underscores, at most 40.")},
    )  # fmt: skip
    packages = ScansField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["consignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Organisation.objects.exclude(kind=Organisation.Kind.REGULATOR)
            .exclude(id=actor.organisation_id)
            .order_by("name")
        )
