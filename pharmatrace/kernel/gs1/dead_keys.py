"""Dead keys: an accent that waits for the next key and becomes one character with it.

Most of what they make follows from Unicode: accent and letter, composed. A few layouts have habits
of their own, and what nobody can foresee is left to the caller to decide or to refuse.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# The mark that a spacing accent stands for, where its decomposition does not tell.
_MARKS = {
    "^": "\u0302", "`": "\u0300", "~": "\u0303", "'": "\u0301", '"': "\u0308", "°": "\u030a",
    "·": "\u0307", "-": "\u0304", "ˇ": "\u030c",
}  # fmt: skip
# The same accent under another mark: a layout's cedilla writes Romanian and Latvian commas too.
_ALSO = {
    "\u0327": ("\u0326", "\u0328"), "\u0326": ("\u0327",), "\u030a": ("\u0307",),
    "\u0307": ("\u030a",), "\u0306": ("\u030c",), "\u030b": ("\u0308",),
}  # fmt: skip
# Layouts' own habits: Sorbian, United States International, Latvian.
_HABITS = {
    ("\u0301", "c"): "ç", ("\u0301", "l"): "ł", ("\u0302", "c"): "č", ("\u0302", "e"): "ě",
    ("\u0302", "r"): "ř", ("\u0302", "s"): "š", ("\u0302", "z"): "ž",
}  # fmt: skip
# Letters with a stroke do not decompose.
_STROKES = {"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ß": "s", "æ": "a"}


def marks_of(accent: str) -> str:
    """The combining marks for a spacing `accent`, or "" when it is no accent."""
    known = _MARKS.get(accent)
    if known:
        return known
    spread = unicodedata.normalize("NFKD", accent)
    return spread[1:] if spread[:1] == " " else ""


def composition(accent: str, letter: str) -> str:
    """What Unicode makes of dead key `accent` and `letter`; "" when they stay two characters."""
    marks = marks_of(accent)
    composed = unicodedata.normalize("NFC", letter + marks) if marks else ""
    return composed if len(composed) == 1 else ""


def habits(accent: str, letter: str) -> Iterable[str]:
    """What some layouts make of dead key `accent` and `letter` instead."""
    marks = marks_of(accent)
    for variant in _ALSO.get(marks, ()):
        composed = unicodedata.normalize("NFC", letter + variant)
        if len(composed) == 1:
            yield composed
    habit = _HABITS.get((marks, letter.lower()))
    if habit:
        yield habit.upper() if letter.isupper() else habit


def bare_letter(character: str) -> str:
    """`character` without its accents, or "" when it has none."""
    base = unicodedata.normalize("NFKD", character)[0]
    if base == character:
        lower = _STROKES.get(character.lower(), "")
        return lower.upper() if character.isupper() else lower
    return base
