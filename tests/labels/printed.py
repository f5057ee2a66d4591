"""Looks at what was printed: the bars of a PDF as a picture, the fields of a ZPL stream, read by ZXing and by us."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageDraw

from pharmatrace.kernel.gs1.read import Reading, read

DOTS = 12  # per millimetre, a printer of 300 dots per inch
MM = 72 / 25.4
_NUMBER = rb"(-?[\d.]+)"
_DRAWN = re.compile(rb"q %b 0 0 %b %b %b cm\n((?:\d+ \d+ \d+ [\d.]+ re\n)+)f Q" % ((_NUMBER,) * 4))
_BAR = re.compile(rb"(\d+) (\d+) (\d+) ([\d.]+) re")
_TEXT = re.compile(rb"Td \(((?:[^()\\]|\\.)*)\) Tj")


@dataclass
class Page:
    """One page of a PDF: what is written on it, and the codes that ZXing finds in its picture."""

    content: bytes
    width: float
    height: float

    @property
    def text(self) -> list[str]:
        return [
            re.sub(rb"\\(.)", rb"\1", found).decode("cp1252")
            for found in _TEXT.findall(self.content)
        ]

    def picture(self) -> Image.Image:
        scale = DOTS / MM
        size = round(self.width * scale), round(self.height * scale)
        image = Image.new("L", size, 255)
        draw = ImageDraw.Draw(image)
        for across, down, left, low, bars in _DRAWN.findall(self.content):
            for found in _BAR.findall(bars):
                column, row, length, tall = (float(part) for part in found)
                x, y = float(left) + column * float(across), float(low) + row * float(down)
                corners = (
                    x * scale,
                    (self.height - y - tall * float(down)) * scale,
                    (x + length * float(across)) * scale,
                    (self.height - y) * scale,
                )
                draw.rectangle([round(corners[0]), round(corners[1]), round(corners[2]) - 1, round(corners[3]) - 1], fill=0)  # fmt: skip
        return image

    def codes(self) -> list[tuple[str, str]]:
        """Symbology identifier and message of every symbol, as a scanner sends them."""
        found = zxingcpp.read_barcodes(self.picture(), text_mode=zxingcpp.TextMode.Plain)  # type: ignore[arg-type]
        return [(one.symbology_identifier, one.bytes.decode()) for one in found]

    def readings(self) -> list[Reading]:
        return [read(identifier + message) for identifier, message in self.codes()]


def pages(pdf: bytes) -> list[Page]:
    """The pages in order. The cross-reference table must lead to each object."""
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n", 1)[0])
    assert pdf[start:].startswith(b"xref\n0 ")
    offsets = [int(row[:10]) for row in re.findall(rb"\d{10} 00000 n ", pdf[start:])]
    objects = {}
    for number, offset in enumerate(offsets, start=1):
        assert pdf[offset:].startswith(b"%d 0 obj" % number), number
        objects[number] = pdf[offset : pdf.index(b"\nendobj", offset)]
    found = []
    for node in _numbers(objects[2]):
        for kid in _numbers(objects[node]):
            page = objects[kid]
            box = re.search(rb"MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", page)
            stream = re.search(rb"Contents (\d+) 0 R", page)
            assert box and stream
            packed = objects[int(stream[1])].partition(b"stream\n")[2].removesuffix(b"\nendstream")
            found.append(Page(zlib.decompress(packed), float(box[1]), float(box[2])))
    return found


def _numbers(node: bytes) -> list[int]:
    kids = node.partition(b"/Kids[")[2].partition(b"]")[0]
    return [int(number) for number in re.findall(rb"(\d+) 0 R", kids)]


def zpl_fields(stream: bytes) -> list[dict[str, str]]:
    """What each label of a stream has the printer draw: `bx`, `bq`, `bc` and the text, with escapes undone."""
    labels = []
    for label in re.findall(r"\^XA(.*?)\^XZ", stream.decode(), re.DOTALL):
        fields: dict[str, str] = {"text": ""}
        for command, hexed, data in re.findall(
            r"\^(BX|BQ|BC|A0)[^^]*(\^FH\\)?\^FD(.*?)\^FS", label
        ):
            if hexed:
                data = re.sub(r"\\([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), data)
            if command == "A0":
                fields["text"] += data + "\n"
            else:
                fields[command.lower()] = data
        labels.append(fields)
    return labels


def bx_scan(data: str) -> str:
    """What a scanner sends for the field of a `^BX` whose escape character is `_` (ZPL II, ^BX, parameter g)."""
    message = re.sub(r"_(_|1)", lambda found: "_" if found[1] == "_" else "\x1d", data)
    assert message.startswith("\x1d")
    return "]d2" + message[1:]
