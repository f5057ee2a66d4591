"""Text in the letters every PDF reader has (Helvetica in WinAnsi), measured in points."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
MM = 72 / 25.4  # points


def printable(text: str) -> str:
    """`text` in the letters there are: accents that are not among them fall, other scripts become question marks."""
    kept = []
    for letter in text:
        if letter.isprintable() and _is_winansi(letter):
            kept.append(letter)
        elif letter.isprintable():
            plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
            kept.append(plain or "?")
        else:
            kept.append(" ")
    return "".join(kept)


def _is_winansi(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=256)
def width(text: str, font: str = PLAIN) -> float:
    """In millimetres, at one point high."""
    return float(stringWidth(text, font, 1)) / MM


def shortened(text: str, *, font: str, size: float, room: float) -> str:
    """`text`, or so much of it with `…` as goes into `room` millimetres."""
    if width(text, font) * size <= room:
        return text
    while text and width(text + "…", font) * size > room:
        text = text[:-1]
    return text.rstrip() + "…"
