"""From a label's content to its place on the stock: which symbols it bears, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from apps.labels.case_layout import case_layout
from apps.labels.content import CaseLabel, PackLabel, Title
from apps.labels.layout import Placed, pack_layout
from apps.labels.lettering import printable
from apps.labels.stocks import Stock
from apps.labels.symbols import datamatrix, gs1_128, qr

Bears = Literal["datamatrix", "qr", "both"]


@dataclass(frozen=True, slots=True)
class Design:
    """`stem` is where the links of QR codes lead; `title` what the GTIN is called on the pack."""

    stock: Stock
    bears: Bears = "datamatrix"
    title: Title = "GTIN"
    stem: str = "https://id.gs1.org"

    def pack(self, label: PackLabel) -> Placed:
        """Raises `Refused`: `label_too_small`, `symbol_content`."""
        symbols = []
        if self.bears in ("datamatrix", "both"):
            symbols.append(datamatrix(label.elements))
        if self.bears in ("qr", "both"):
            symbols.append(qr(label.link(self.stem)))
        return pack_layout(
            symbols,
            printable(label.name),
            label.lines(self.title),
            wide=self.stock.label_width,
            high=self.stock.label_height,
            inner=self.stock.inner,
        )

    def packs(self, labels: Iterable[PackLabel]) -> Iterator[tuple[PackLabel, Placed]]:
        return ((label, self.pack(label)) for label in labels)

    def case(self, label: CaseLabel) -> Placed:
        """Raises `Refused`: `label_too_small`, `symbol_content`."""
        return case_layout(
            label,
            gs1_128(label.elements),
            wide=self.stock.label_width,
            high=self.stock.label_height,
            inner=self.stock.inner,
        )
