"""Symbols to look at: drawn, and stored as a camera or a program would."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image


def drawn(symbol: str, content: str, *, scale: int = 6) -> Image.Image:
    """A symbol with its quiet zone; bracketed `content` becomes a GS1 symbol, with FNC1 in first place."""
    options = {"gs1": True} if content.startswith("(") else {}
    if symbol == "DataMatrix":
        options["force_square"] = True
    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, symbol), **options)
    picture = memoryview(made.to_image(scale=scale))  # type: ignore[arg-type]
    height, width = picture.shape
    return Image.frombytes("L", (width, height), bytes(picture))


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def jpeg(picture: Image.Image, *, progressive: bool = False) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=85, progressive=progressive)
    return out.getvalue()
