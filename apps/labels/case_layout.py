"""The GS1 logistic label: who sends it, what is in it in words, and the SSCC as GS1-128 at the foot.

X-dimension 0.495 to 0.94 mm, bars 31.75 mm high (General Specifications §5.12.3.5, GS1 Logistic Label Guideline §4).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.labels.content import CaseLabel
from apps.labels.layout import Placed, PlacedLine, PlacedSymbol
from apps.labels.lettering import BOLD, PLAIN, printable, shortened, width
from apps.labels.symbols import Symbol
from pharmatrace.kernel.refusal import Refused

LEAST_MODULE, MOST_MODULE = 0.495, 0.94
BARS = 31.75
LEAST_HEIGHT = 95.0


def case_layout(
    label: CaseLabel, symbol: Symbol, *, wide: float, high: float, inner: float
) -> Placed:
    """Raises `Refused` `label_too_small`."""
    module = min(MOST_MODULE, (wide - 2) / (symbol.columns + 2 * symbol.quiet))
    if module < LEAST_MODULE or high < LEAST_HEIGHT:
        raise Refused.one(
            "label_too_small",
            _("A logistic label is at least 89 mm wide and 95 mm high; this one is %(wide)s × %(high)s mm.")
            % {"wide": f"{wide:g}", "high": f"{high:g}"},
            field="stock",
        )  # fmt: skip
    room = wide - 2 * inner
    bars_top = high - inner - BARS - 7
    bars = PlacedSymbol(symbol, (wide - symbol.columns * module) / 2, bars_top, module, height=BARS)
    lines = [_line(label.sender, inner, inner + 5, 13, BOLD, room)]
    if label.place:
        lines.append(_line(label.place, inner, inner + 10.5, 9, PLAIN, room))
    y = inner + 20.0
    if label.product:
        lines.append(_line(label.product, inner, y, 12, BOLD, room))
        y += 8
    for title, value in label.lines():
        lines.append(_line(title, inner, y, 7, PLAIN, room))
        lines.append(_line(value, inner + 22, y, 12, BOLD, room - 22))
        y += 7.5
    lines.append(_below(f"(00) {label.sscc}", wide, bars_top + BARS + 5))
    return Placed((bars,), tuple(lines))


def _line(text: str, x: float, y: float, size: float, font: str, room: float) -> PlacedLine:
    return PlacedLine(shortened(printable(text), font=font, size=size, room=room), x, y, size, font)


def _below(text: str, wide: float, y: float) -> PlacedLine:
    size = min(12.0, (wide - 4) / width(text))
    return PlacedLine(text, (wide - width(text) * size) / 2, y, size)
