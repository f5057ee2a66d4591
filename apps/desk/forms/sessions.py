"""What a session needs to know before the first scan, kind by kind. `opening` gives the arguments of `open_session`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.desk.forms.packages import SsccField
from apps.desk.models import Order
from apps.desk.wording import REASONS
from apps.parties.actor import Actor
from apps.parties.models import Organisation


class OpeningForm(forms.Form):
    """Nothing to ask: the scanner can begin."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        super().__init__(*args, **options)

    def opening(self) -> dict[str, Any]:
        return {}


class ReasonForm(OpeningForm):
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose …")), *REASONS.items()])

    def opening(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ContainerForm(OpeningForm):
    container = SsccField(
        label=_("Container (SSCC)"),
        help_text=_("A free number is filled in; scan another label if the container has one."),
    )

    def opening(self) -> dict[str, Any]:
        return {"container": self.cleaned_data["container"].path}


class ShipmentForm(OpeningForm):
    consignee = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("To"), empty_label=_("Choose …")
    )
    reference = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,40}$",
        label=_("Delivery number"),
        required=False,
        help_text=_("As it stands on the delivery note: letters, digits, dots and dashes."),
        error_messages={"invalid": _("Only letters, digits, dots, dashes and underscores, at most 40.")},
    )  # fmt: skip
    order = forms.ModelChoiceField(
        Order.objects.none(), required=False, widget=forms.HiddenInput, empty_label=None
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        mine = self.actor.organisation_id
        _offer(
            self.fields["consignee"],
            Organisation.objects.exclude(kind=Organisation.Kind.REGULATOR)
            .exclude(id=mine)
            .order_by("name"),
        )
        _offer(self.fields["order"], Order.objects.filter(organisation_id=mine))

    def opening(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"party": data["consignee"], "reference": data["reference"], "order": data["order"]}


class ReturnForm(ShipmentForm):
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose …")), *REASONS.items()])

    def opening(self) -> dict[str, Any]:
        return super().opening() | {"reason": self.cleaned_data["reason"]}


class ArrivalForm(OpeningForm):
    """One delivery, or with neither field whatever arrives."""

    party = forms.ModelChoiceField(
        Organisation.objects.order_by("name"), required=False, widget=forms.HiddenInput
    )
    reference = forms.CharField(
        max_length=80, required=False, widget=forms.HiddenInput, strip=False
    )

    def opening(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "party": data["party"],
            "reference": data["reference"] if data["party"] else "",
        }


def _offer(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


FORMS: dict[str, type[OpeningForm]] = {
    "receive": ArrivalForm,
    "ship": ShipmentForm,
    "return": ReturnForm,
    "pack": ContainerForm,
    "count": OpeningForm,
    "dispense": OpeningForm,
    "lock": ReasonForm,
    "unlock": ReasonForm,
}
