"""AIM symbology identifiers: the three characters by which a scanner says what symbol it read
(ISO/IEC 15424; GS1 General Specifications §5.1.2), and what that means for the message behind them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Symbology:
    """`elements`: the message is GS1 elements with FNC1 as GS. `digits`: the message is a GTIN of
    that many digits, followed by as many digits of an add-on symbol as one of `add_ons` says."""

    identifier: str
    name: str
    elements: bool = False
    digits: int = 0
    add_ons: tuple[int, ...] = (0,)


SYMBOLOGIES = {
    one.identifier: one
    for one in (
        Symbology("]C1", "GS1-128", elements=True),
        Symbology("]e0", "GS1 DataBar or composite", elements=True),
        Symbology("]e1", "GS1 composite", elements=True),
        Symbology("]e2", "GS1 composite", elements=True),
        Symbology("]d2", "GS1 DataMatrix", elements=True),
        Symbology("]Q3", "GS1 QR Code", elements=True),
        Symbology("]J1", "GS1 DotCode", elements=True),
        Symbology("]E0", "EAN-13, UPC-A or UPC-E", digits=13),
        Symbology("]E1", "add-on of two digits", digits=13, add_ons=()),
        Symbology("]E2", "add-on of five digits", digits=13, add_ons=()),
        Symbology("]E3", "EAN-13, UPC-A or UPC-E with an add-on", digits=13, add_ons=(2, 5)),
        Symbology("]E4", "EAN-8", digits=8),
        Symbology("]I1", "ITF-14", digits=14),
        Symbology("]d1", "DataMatrix"),
        Symbology("]Q1", "QR Code"),
        Symbology("]J0", "DotCode"),
        Symbology("]C0", "Code 128"),
    )
}
# The composite component behind an EAN or UPC symbol is a message of its own.
COMPOSITE = "|]e0"


def split_identifier(scan: str) -> tuple[Symbology | None, str]:
    """The symbology that a scan names in front, and the message. An identifier that is not in our
    list is taken off all the same and becomes a `Symbology` without a name."""
    found = _IDENTIFIER.match(scan)
    if not found:
        return None, scan
    return SYMBOLOGIES.get(found[0]) or Symbology(found[0], ""), scan[3:]
