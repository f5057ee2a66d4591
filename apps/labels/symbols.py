"""Symbols as modules, encoded by ZXing: GS1 DataMatrix (ECC 200, FNC1 first), GS1-128, QR Code.

Elements come in square brackets, `[01]0952…[21]A1`: no GS1 character set has brackets of that kind, so a serial that
contains `(21)` stays a serial.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import zxingcpp

from pharmatrace.kernel.refusal import Refused

_DARK = re.compile(b"\x00+")
QUIET = {"datamatrix": 1, "qr": 4, "gs1_128": 10}  # modules (General Specifications §5.4, 5.6, 5.7)


@dataclass(frozen=True, slots=True)
class Symbol:
    """`bars` are runs of dark modules: row from the top, column from the left, length."""

    kind: str
    columns: int
    rows: int
    bars: tuple[tuple[int, int, int], ...]

    @property
    def quiet(self) -> int:
        """How many modules must stay light beside it."""
        return QUIET[self.kind]


def datamatrix(elements: str) -> Symbol:
    """Square. Raises `Refused` `symbol_content`."""
    return _symbol(
        "datamatrix", elements, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True
    )


def qr(text: str) -> Symbol:
    """Error correction level M. Raises `Refused` `symbol_content`."""
    return _symbol("qr", text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")


def gs1_128(elements: str) -> Symbol:
    """One row high. Raises `Refused` `symbol_content`."""
    return _symbol("gs1_128", elements, zxingcpp.BarcodeFormat.Code128, gs1=True)


def _symbol(kind: str, content: str, form: Any, **how: Any) -> Symbol:
    try:
        barcode = zxingcpp.create_barcode(content, form, **how)
    except (ValueError, RuntimeError) as error:
        raise Refused.one("symbol_content", f"No symbol can hold {content!r}: {error}") from None
    image = memoryview(barcode.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    assert image.shape is not None
    height, columns = image.shape
    pixels = image.tobytes()
    rows = 1 if kind == "gs1_128" else height
    bars = tuple(
        (row, found.start(), found.end() - found.start())
        for row in range(rows)
        for found in _DARK.finditer(pixels[row * columns : (row + 1) * columns])
    )
    return Symbol(kind, columns, rows, bars)
