"""What labels bear: GS1 elements for machines, lines of text for people.

The text is the one the General Specifications ask for beside a symbol of healthcare (§4.14, data titles of §3.2):
GTIN or PC, SN, LOT, EXP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pharmatrace.kernel.gs1.link_writing import write_link

Title = Literal["GTIN", "PC"]


@dataclass(frozen=True, slots=True)
class PackLabel:
    """One pack. `name` is the product with its strength."""

    gtin: str
    serial: str
    lot: str
    expiry: date
    name: str

    @property
    def elements(self) -> str:
        """In square brackets, which no value can contain; those of fixed length first, so that one FNC1 is enough."""
        return f"[01]{self.gtin}[17]{self.expiry:%y%m%d}[10]{self.lot}[21]{self.serial}"

    def link(self, stem: str) -> str:
        """The GS1 Digital Link under `stem`, an installation's own address or https://id.gs1.org."""
        values = {
            "01": self.gtin, "10": self.lot, "21": self.serial, "17": f"{self.expiry:%y%m%d}",
        }  # fmt: skip
        return write_link(values, stem=stem)

    def lines(self, title: Title) -> tuple[str, ...]:
        return (
            f"{title} {self.gtin}",
            f"SN {self.serial}",
            f"LOT {self.lot}",
            f"EXP {self.expiry.isoformat()}",
        )


@dataclass(frozen=True, slots=True)
class CaseLabel:
    """One container; `product`, `gtin`, `lot`, `expiry` where all packs inside are of one batch."""

    sscc: str
    sender: str
    place: str = ""
    count: int | None = None
    product: str = ""
    gtin: str = ""
    lot: str = ""
    expiry: date | None = None

    @property
    def elements(self) -> str:
        return f"[00]{self.sscc}"

    def lines(self) -> Iterator[tuple[str, str]]:
        """Title and value, as in the middle of a GS1 logistic label."""
        yield "SSCC", self.sscc
        if self.gtin:
            yield "CONTENT", self.gtin
        if self.count is not None:
            yield "COUNT", str(self.count)
        if self.lot:
            yield "BATCH/LOT", self.lot
        if self.expiry:
            yield "EXP", self.expiry.isoformat()
