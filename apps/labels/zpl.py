"""Labels in ZPL II, the language of label printers: one stream, one `^XA … ^XZ` for each label.

* GS1 DataMatrix is `^BX` with quality 200; `_` is named as its escape character, `_1` is FNC1, `__` an underscore.
* QR Code is `^BQ`, model 2, level M, automatic input. GS1-128 is `^BC`: `>;` begins in subset C, `>8` is FNC1.
* Text goes through `^FH\\`, every octet that ZPL could take for a command as `\\5E`, in UTF-8 (`^CI28`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apps.labels.content import CaseLabel, PackLabel
from apps.labels.layout import Placed, PlacedLine, PlacedSymbol
from apps.labels.lettering import BOLD, MM
from apps.labels.stocks import Stock

DENSITIES = {203: 8, 300: 12, 600: 24}  # dots per inch: dots per millimetre
_ELEMENT = re.compile(r"\[(\d{2,4})\]([^\[]*)")
_FIXED = ("00", "01", "02", "11", "13", "15", "17")
_MOST_QR = 10  # magnification every printer knows


def pack_zpl(
    labels: Iterable[tuple[PackLabel, Placed]], *, stock: Stock, dpi: int, stem: str
) -> Iterator[bytes]:
    """One label at a time. The links of QR codes begin with `stem`."""
    for label, placed in labels:
        fields = [
            _matrix(one, label.elements, dpi)
            if one.symbol.kind == "datamatrix"
            else _qr(one, label.link(stem), dpi)
            for one in placed.symbols
        ]
        yield _label(stock, dpi, fields, placed.lines)


def case_zpl(
    labels: Iterable[tuple[CaseLabel, Placed]], *, stock: Stock, dpi: int
) -> Iterator[bytes]:
    for label, placed in labels:
        fields = [_bars(one, label.sscc, dpi) for one in placed.symbols]
        yield _label(stock, dpi, fields, placed.lines)


def _label(stock: Stock, dpi: int, fields: list[str], lines: Iterable[PlacedLine]) -> bytes:
    wide, high = _dots(stock.label_width, dpi), _dots(stock.label_height, dpi)
    body = "\n".join([*fields, *(_text(line, dpi) for line in lines)])
    return f"^XA^CI28^PW{wide}^LL{high}^LH0,0\n{body}\n^XZ\n".encode()


def _dots(millimetres: float, dpi: int) -> int:
    return round(millimetres * DENSITIES[dpi])


def _module(placed: PlacedSymbol, dpi: int) -> int:
    """Dots a module; rounded down, so that the symbol stays inside its place."""
    return max(1, int(placed.module * DENSITIES[dpi] + 1e-6))


def _at(placed: PlacedSymbol, dpi: int) -> str:
    return f"^FO{_dots(placed.x, dpi)},{_dots(placed.y, dpi)}"


def _matrix(placed: PlacedSymbol, elements: str, dpi: int) -> str:
    return f"{_at(placed, dpi)}^BXN,{_module(placed, dpi)},200,,,,_,1^FD{bx_data(elements)}^FS"


def bx_data(elements: str) -> str:
    """Elements in square brackets as `^BX` takes them: FNC1 first, and behind what has no length of its own."""
    found = _ELEMENT.findall(elements)
    written = []
    for place, (ai, value) in enumerate(found):
        last = place == len(found) - 1
        written.append(ai + value.replace("_", "__") + ("" if last or ai in _FIXED else "_1"))
    return "_1" + "".join(written)


def _qr(placed: PlacedSymbol, link: str, dpi: int) -> str:
    """`^FO` is the corner of the symbol; printers put ten dots above a QR code, which are taken off."""
    x, y = _dots(placed.x, dpi), max(0, _dots(placed.y, dpi) - 10)
    size = min(_MOST_QR, _module(placed, dpi))
    return f"^FO{x},{y}^BQN,2,{size}^FH\\^FDMA,{_escaped(link)}^FS"


def _bars(placed: PlacedSymbol, sscc: str, dpi: int) -> str:
    high = _dots(placed.height, dpi)
    return f"^BY{_module(placed, dpi)}{_at(placed, dpi)}^BCN,{high},N,N,N,N^FD>;>800{sscc}^FS"


def _text(line: PlacedLine, dpi: int) -> str:
    """`^FT` sets the base line. Font 0 is as high as its capitals and a little more."""
    high = max(10, _dots(line.size / MM, dpi))
    wide = round(high * (1.0 if line.font == BOLD else 0.95))
    x, y = _dots(line.x, dpi), _dots(line.y, dpi)
    return f"^FT{x},{y}^A0N,{high},{wide}^FH\\^FD{_escaped(line.text)}^FS"


def _escaped(text: str) -> str:
    return re.sub(r"[\^~\\\x00-\x1f\x7f]", lambda found: f"\\{ord(found[0]):02X}", text)
