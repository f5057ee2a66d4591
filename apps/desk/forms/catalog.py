"""Forms for products, batches, commissioning and recalls."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.models import Product
from apps.parties.models import Site
from apps.safety.models import Recall


class ProductForm(forms.Form):
    gtin = forms.CharField(
        label=gettext_lazy("GTIN"), max_length=14,
        help_text=gettext_lazy("8, 12, 13 or 14 digits, the last one is the check digit."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    strength = forms.CharField(
        label=gettext_lazy("Strength"), max_length=80, required=False,
        help_text=gettext_lazy("For example 40 mg."),
    )  # fmt: skip
    form = forms.CharField(
        label=gettext_lazy("Form"), max_length=80, required=False,
        help_text=gettext_lazy("For example tablet."),
    )  # fmt: skip
    pack_size = forms.CharField(label=gettext_lazy("Pack size"), max_length=80, required=False)
    market = forms.RegexField(
        r"^[A-Za-z]{2}$", label=gettext_lazy("Market"),
        help_text=gettext_lazy("Two letters of the country, for example PT."),
        error_messages={"invalid": gettext_lazy("Two letters, for example PT.")},
    )  # fmt: skip
    national_code = forms.CharField(
        label=gettext_lazy("National number"), max_length=20, required=False,
        help_text=gettext_lazy("Where the market asks for one: PZN, CIP, CN …"),
    )  # fmt: skip

    def clean_market(self) -> str:
        return str(self.cleaned_data["market"]).upper()


class ProductChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} {obj.strength} ({obj.gtin})"


class SiteChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.gln})"


class BatchForm(forms.Form):
    product = ProductChoice(
        Product.objects.none(), label=gettext_lazy("Product"), empty_label=gettext_lazy("Choose …")
    )
    lot = forms.CharField(label=gettext_lazy("Lot"), max_length=20)
    expiry = forms.CharField(
        label=gettext_lazy("Expiry"),
        help_text=gettext_lazy("Year, month and day (2027-10-31), or year and month (2027-10) for the month's last day."),
    )  # fmt: skip
    quantity = forms.IntegerField(label=gettext_lazy("Packs in the batch"), min_value=1)
    site = SiteChoice(Site.objects.none(), label=gettext_lazy("Packaged at"), empty_label=None)

    def __init__(self, *args: Any, organisation_id: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        product, site = self.fields["product"], self.fields["site"]
        assert isinstance(product, forms.ModelChoiceField)
        assert isinstance(site, forms.ModelChoiceField)
        product.queryset = Product.objects.filter(
            manufacturer_id=organisation_id, withdrawn_at=None
        ).order_by("name", "strength")
        site.queryset = Site.objects.filter(organisation_id=organisation_id).order_by("name")

    def clean_expiry(self) -> date:
        parts = self.cleaned_data["expiry"].strip().split("-")
        try:
            year, month, *day = (int(part) for part in parts)
            last = calendar.monthrange(year, month)[1]
            return date(year, month, day[0] if day else last)
        except (ValueError, calendar.IllegalMonthError):
            raise ValidationError(
                _("There is no such day. It looks like 2027-10-31 or 2027-10.")
            ) from None


class BatchChangeForm(BatchForm):
    """What may still be put right before the first pack: all but product and lot."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["product"], self.fields["lot"]


class WithdrawForm(forms.Form):
    sure = forms.BooleanField(
        label=gettext_lazy("I have checked the product. A withdrawal cannot be taken back.")
    )


class RecallForm(forms.Form):
    severity = forms.ChoiceField(
        label=gettext_lazy("How serious"),
        choices=Recall.Severity.choices,
        widget=forms.RadioSelect,
        initial=Recall.Severity.CLASS_2,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300,
        help_text=gettext_lazy("Everybody who checks a pack will read this."),
        widget=forms.Textarea({"rows": 3, "class": "prose-input"}),
    )  # fmt: skip
    instruction = forms.CharField(
        label=gettext_lazy("What holders must do"), max_length=300,
        widget=forms.Textarea({"rows": 3, "class": "prose-input"}),
    )  # fmt: skip
    confirm = forms.CharField(
        label=gettext_lazy("The lot, typed again"), max_length=20,
        help_text=gettext_lazy("A recall cannot be taken back."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Your password"), max_length=256, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, lot: str, asks_password: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lot = lot
        if not asks_password:  # who has none says otherwise who they are
            del self.fields["password"]

    def clean_confirm(self) -> str:
        typed = str(self.cleaned_data["confirm"]).strip()
        if typed != self.lot:
            raise ValidationError(_("The lot to be recalled is %(lot)s.") % {"lot": self.lot})
        return typed
