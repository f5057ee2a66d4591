"""What labels are printed on and what they bear. Sent by GET, so that a setting is an address one can keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.labels.stocks import CASE_STOCKS, MOST_ACROSS, PACK_STOCKS, Stock
from apps.labels.zpl import DENSITIES
from pharmatrace.kernel.refusal import Refused

CUSTOM = "custom"
MEASURES = (
    ("width", gettext_lazy("Sheet, width")), ("height", gettext_lazy("Sheet, height")),
    ("left", gettext_lazy("Margin at the left")), ("top", gettext_lazy("Margin at the top")),
    ("right", gettext_lazy("Margin at the right")), ("bottom", gettext_lazy("Margin at the bottom")),
    ("gap_x", gettext_lazy("Gap between columns")), ("gap_y", gettext_lazy("Gap between rows")),
    ("inner", gettext_lazy("Margin inside a label")),
)  # fmt: skip
NEEDED = ("width", "height")


class StockForm(forms.Form):
    """A named stock, or one's own in millimetres. Cleans to `stock`."""

    stocks = PACK_STOCKS

    stock = forms.ChoiceField(label=gettext_lazy("Label stock"))
    dpi = forms.TypedChoiceField(
        label=gettext_lazy("Label printer"), coerce=int, required=False, initial=203,
        choices=[(dpi, gettext_lazy("%d dots per inch") % dpi) for dpi in DENSITIES],
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["stock"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((name, stock.name) for name, stock in self.stocks.items()),
            (CUSTOM, gettext_lazy("My own")),
        ]
        for name in ("columns", "rows"):
            self.fields[name] = forms.IntegerField(
                label=gettext_lazy("Columns") if name == "columns" else gettext_lazy("Rows"),
                min_value=1, max_value=MOST_ACROSS, required=False,
            )  # fmt: skip
        for name, label in MEASURES:
            self.fields[name] = forms.FloatField(
                label=label, min_value=0, max_value=1_200, required=False
            )

    @property
    def measures(self) -> list[forms.BoundField]:
        return [self[name] for name in ("columns", "rows", *(name for name, _ in MEASURES))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("stock")
        if chosen == CUSTOM and not self.errors:
            self._own(data)
        elif chosen in self.stocks:
            data["stock"] = self.stocks[chosen]
        return data

    def _own(self, data: dict[str, Any]) -> None:
        given = {name: data[name] for name, _ in MEASURES if data.get(name) is not None}
        if missing := [name for name in NEEDED if name not in given]:
            for name in missing:
                self.add_error(name, gettext_lazy("Say how large the sheet is."))
            return
        try:
            data["stock"] = Stock(
                "", columns=data.get("columns") or 1, rows=data.get("rows") or 1, **given
            ).checked()
        except Refused as refused:
            for one in refused.refusals:
                self.add_error(one.data["field"], one.sentence)


class PackLabelsForm(StockForm):
    bears = forms.ChoiceField(
        label=gettext_lazy("Code"), initial="datamatrix", required=False,
        choices=[
            ("datamatrix", gettext_lazy("GS1 DataMatrix")),
            ("qr", gettext_lazy("QR with the Digital Link")),
            ("both", gettext_lazy("Both")),
        ],
    )  # fmt: skip
    title = forms.ChoiceField(
        label=gettext_lazy("The GTIN is called"), initial="GTIN", required=False,
        choices=[("GTIN", "GTIN"), ("PC", gettext_lazy("PC (as in the EU)"))],
    )  # fmt: skip
    skip = forms.IntegerField(
        label=gettext_lazy("Labels of the first sheet already used"), min_value=0, max_value=MOST_ACROSS**2,
        initial=0, required=False,
    )  # fmt: skip


class CaseLabelForm(StockForm):
    stocks = CASE_STOCKS
