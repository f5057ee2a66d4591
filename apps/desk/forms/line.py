"""What a line is told once, before the first case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.catalog.models import Batch
from apps.desk.line.services import MOST_IN_A_CASE
from apps.desk.line_models import PackingLine
from apps.parties.actor import Actor


class BatchChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.product}, {obj.lot}"


class LineForm(forms.Form):
    batch = BatchChoice(
        Batch.objects.none(), label=gettext_lazy("Batch"), empty_label=gettext_lazy("Choose …")
    )
    size = forms.IntegerField(
        label=gettext_lazy("Packs in a case"), min_value=1, max_value=MOST_IN_A_CASE, initial=10
    )
    label = forms.ChoiceField(
        label=gettext_lazy("Case label"), initial=PackingLine.Label.PDF,
        choices=[
            ("pdf", gettext_lazy("PDF, opens when a case is closed")),
            ("zpl", gettext_lazy("ZPL for a label printer, fetched when a case is closed")),
            ("none", gettext_lazy("None, I print them elsewhere")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["batch"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Batch.objects.filter(product__manufacturer_id=actor.organisation_id, recalled_at=None)
            .select_related("product")
            .order_by("-created_at")
        )
