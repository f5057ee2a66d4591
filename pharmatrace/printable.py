"""What can be printed with the fonts that every reader of PDF has."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """What those fonts can show (Windows-1252): other letters without their marks, else `?`."""
    if text.isascii() and text.isprintable():
        return text
    shown = []
    for sign in text:
        choices = (sign, unicodedata.normalize("NFKD", sign)[:1])
        shown.append(next((one for one in choices if one.isprintable() and _has(one)), "?"))
    return "".join(shown)


def _has(sign: str) -> bool:
    try:
        return bool(sign.encode("cp1252"))
    except UnicodeEncodeError:
        return False
