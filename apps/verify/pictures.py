"""Reads the codes in a picture. Pure: octets in, raw scans out; nothing is kept and nothing is asked.

A picture comes from anybody, so what it would cost is known before it is decoded: its size in octets, its size in
pixels (a small file may unfold to gigabytes), and for JPEG the number of its scans (a small file may ask for a
hundred thousand passes over the picture).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import zxingcpp
from PIL import Image, UnidentifiedImageError

from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused

MOST_OCTETS = 12 * 1024 * 1024
MOST_PIXELS = {"JPEG": 52_000_000, "PNG": 16_000_000}  # JPEG is decoded at a fraction of its size
MOST_PROGRESSIVE_PIXELS = 16_000_000  # a progressive one is unfolded whole first
MOST_SCANS = 100  # progressive JPEGs of cameras and programs have about ten
LONGEST_SIDE = 2_048  # pixels; larger pictures are read smaller
_START_OF_SCAN = b"\xff\xda"

_FORMATS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.DataBar,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
    )
)
# AIM identifiers of symbols with FNC1 in first place (GS1 General Specifications §5.1.2). The reader tells more
# kinds apart than the standard's scanners do, rectangular extensions for one.
_GS1 = {"Data Matrix": "]d2", "QR Code": "]Q3", "Code 128": "]C1", "DataBar": "]e0"}


@dataclass(frozen=True, slots=True)
class Found:
    """One code: `raw` as a scanner sends it, AIM identifier and group separators in it; `symbol` its kind."""

    raw: str
    symbol: str


def codes_in(octets: bytes) -> list[Found]:
    """Every code in a JPEG or PNG, those that name one package first.

    Raises `Refused`: `picture_empty`, `picture_too_large`, `picture_unknown`, `picture_too_many_pixels`,
    `picture_too_intricate`, `picture_broken`.
    """
    picture = _decoded(octets)
    found = [_found(code) for code in zxingcpp.read_barcodes(picture, formats=_FORMATS)]
    return sorted(found, key=lambda one: read(one.raw).identity is None)


def _decoded(octets: bytes) -> Image.Image:
    if not octets:
        raise Refused.one("picture_empty", "No picture was sent.")
    if len(octets) > MOST_OCTETS:
        raise too_large()
    try:
        picture = Image.open(io.BytesIO(octets), formats=tuple(MOST_PIXELS))
    except Image.DecompressionBombError as bomb:
        raise _too_many_pixels() from bomb
    except UnidentifiedImageError as other:
        raise Refused.one("picture_unknown", "This is no JPEG and no PNG picture.") from other
    except Exception as fault:  # whatever a broken header makes of the decoder
        raise _broken() from fault
    _affordable(picture, octets)
    try:
        picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        grey = picture.convert("L")
        grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except Exception as fault:  # truncated, or wrong in any of a hundred ways
        raise _broken() from fault
    return grey


def _affordable(picture: Image.Image, octets: bytes) -> None:
    """Raises `Refused` where decoding would cost more than a picture of a code can need."""
    width, height = picture.size
    most = MOST_PIXELS[picture.format or "PNG"]
    if picture.format == "JPEG":
        if octets.count(_START_OF_SCAN) > MOST_SCANS:
            raise Refused.one(
                "picture_too_intricate",
                "This JPEG would take many passes to read. Send an ordinary one.",
            )
        if "progressive" in picture.info or "progression" in picture.info:
            most = MOST_PROGRESSIVE_PIXELS
    if width * height > most:
        raise _too_many_pixels(width=width, height=height)


def _found(code: zxingcpp.Barcode) -> Found:
    name = str(code.symbology)
    if code.content_type == zxingcpp.ContentType.GS1:
        return Found(_GS1.get(name, code.symbology_identifier) + _text(code), f"GS1 {name}")
    text = _text(code)
    if code.symbology_identifier == "]E0":
        text = text.zfill(13)  # UPC-A is EAN-13 with a zero in front
    return Found(code.symbology_identifier + text, name)


def _text(code: zxingcpp.Barcode) -> str:
    """One character per octet: GS1 data is ASCII, and what is not is refused with its place by the reader."""
    return bytes(code.bytes).decode("latin-1")


def too_large(most: int = MOST_OCTETS) -> Refused:
    """The refusal of a picture of more than `most` octets."""
    sentence = f"This picture is larger than {most // 1024 // 1024} megabytes."
    return Refused.one("picture_too_large", sentence, most=most)


def _too_many_pixels(**data: int) -> Refused:
    return Refused.one(
        "picture_too_many_pixels", "This picture has more pixels than are read. Send a smaller one.", **data
    )  # fmt: skip


def _broken() -> Refused:
    return Refused.one("picture_broken", "This picture is damaged and cannot be read.")
