"""Label stock: how big the sheet is and where the labels are on it. Millimetres throughout."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pharmatrace.kernel.refusal import Refused

LEAST_SIDE, MOST_SIDE = 10.0, 1_200.0
MOST_ACROSS = 50


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet (or a roll, with one label to a sheet). `inner` is the margin kept free inside each label."""

    name: str | Promise
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0
    inner: float = 2.0

    @property
    def label_width(self) -> float:
        return (
            self.width - self.left - self.right - (self.columns - 1) * self.gap_x
        ) / self.columns

    @property
    def label_height(self) -> float:
        return (self.height - self.top - self.bottom - (self.rows - 1) * self.gap_y) / self.rows

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    def place(self, index: int) -> tuple[float, float]:
        """Left and top of label `index` of a sheet, row by row."""
        row, column = divmod(index, self.columns)
        return (
            self.left + column * (self.label_width + self.gap_x),
            self.top + row * (self.label_height + self.gap_y),
        )

    def checked(self) -> Stock:
        """Itself. Raises `Refused`: `stock_size`, `stock_division`, `stock_label`."""
        if not (LEAST_SIDE <= self.width <= MOST_SIDE and LEAST_SIDE <= self.height <= MOST_SIDE):
            raise Refused.one(
                "stock_size", _("A sheet measures between 10 and 1,200 mm each way."), field="width"
            )
        if not (1 <= self.columns <= MOST_ACROSS and 1 <= self.rows <= MOST_ACROSS):
            raise Refused.one(
                "stock_division", _("A sheet has 1 to 50 labels each way."), field="columns"
            )
        sides = (self.left, self.top, self.right, self.bottom, self.gap_x, self.gap_y, self.inner)
        if min(sides) < 0 or min(self.label_width, self.label_height) - 2 * self.inner < 5:
            raise Refused.one(
                "stock_label",
                _("With these margins and gaps no label is left to print on."),
                field="left",
            )
        return self


def _sheet(name: str | Promise, width: float, height: float, **more: float) -> Stock:
    return Stock(name, width, height, **more)  # type: ignore[arg-type]


PACK_STOCKS: dict[str, Stock] = {
    "a4-24": _sheet(gettext_lazy("A4, 24 labels of 70 × 37 mm"), 210, 297, columns=3, rows=8, top=0.5, bottom=0.5, inner=3),
    "a4-48": _sheet(gettext_lazy("A4, 48 labels of 45.7 × 21.2 mm"), 210, 297, columns=4, rows=12, left=9.85, right=9.85, top=21.3, bottom=21.3, gap_x=2.5, inner=1.5),
    "a4-65": _sheet(gettext_lazy("A4, 65 labels of 38.1 × 21.2 mm"), 210, 297, columns=5, rows=13, left=4.75, right=4.75, top=10.7, bottom=10.7, gap_x=2.5, inner=1.5),
    "letter-30": _sheet(gettext_lazy("Letter, 30 labels of 66.7 × 25.4 mm"), 215.9, 279.4, columns=3, rows=10, left=4.76, right=4.76, top=12.7, bottom=12.7, gap_x=3.18, inner=2),
    "roll-50-25": _sheet(gettext_lazy("Roll, 50 × 25 mm"), 50, 25, inner=1.5),
    "roll-40-20": _sheet(gettext_lazy("Roll, 40 × 20 mm"), 40, 20, inner=1),
    "roll-25-40": _sheet(gettext_lazy("Roll, 25 × 40 mm, upright"), 25, 40, inner=1),
}  # fmt: skip

CASE_STOCKS: dict[str, Stock] = {
    "a6": _sheet(gettext_lazy("A6, 105 × 148 mm"), 105, 148, inner=4),
    "4x6": _sheet(gettext_lazy("4 × 6 inches"), 101.6, 152.4, inner=4),
    "a5": _sheet(gettext_lazy("A5, 148 × 210 mm"), 148, 210, inner=6),
    "a4-4": _sheet(gettext_lazy("A4, 4 labels of 105 × 148 mm"), 210, 297, columns=2, rows=2, top=0.5, bottom=0.5, inner=4),
}  # fmt: skip
