"""The reference code: one DataMatrix that holds every character a medicine pack may carry, so that
what a scanner types for it shows what became of each key.

Its content is the baseline code that medicine verification software in the EU calibrates with: the
AIM identifier `]d1`, the 82 characters of GS1 with a space after each, then the other printable
characters, then the four information separators. The spaces are what makes it legible again: a dead
key swallows the space after it, a ligature stands between two of them, a lost key leaves two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.refusal import Refused

GS, FS, RS, US = "\x1d", "\x1c", "\x1e", "\x1f"
# What a keyboard wedge sends for a key that gives no character by itself.
NUL = "\0"
CONTENT = "".join(sorted(SET_82))
OTHERS = "#$@[\\]^`{|}~"
SEPARATORS = GS + FS + RS + US
# Each character of the code, and how many spaces follow it.
_SLOTS = (
    *((character, 1) for character in CONTENT[:-1]),
    (CONTENT[-1], 3),
    *((character, 1) for character in OTHERS[:-1]),
    (OTHERS[-1], 4),
    *((character, 4) for character in SEPARATORS),
)
# The content of the symbol itself, without the AIM identifier that the scanner puts before it.
REFERENCE = "  " + "".join(character + " " * spaces for character, spaces in _SLOTS) + "\r"
_LAST_PRINTABLE = len(CONTENT) + len(OTHERS) - 1
_LONGEST_OUTPUT = 4
_LONGEST_SCAN = 4 * len(REFERENCE)
# A dozen lost keys are a scanner in a poor state; many more are another code.
_LOST_KEY = 20
_TOO_DEAR = 12 * _LOST_KEY
# An accent that stands alone is more likely a dead key than any other character is.
_ACCENTS = frozenset("^~`'\"´¨ˇ˘°˛˙·˝¸΄΅¯")


@dataclass(frozen=True, slots=True)
class Stroke:
    """What one key types: `output`, and whether it is a dead key, which waits for the next one."""

    output: str
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Strokes:
    """The reference code as it arrived: the prefix as typed, what each key gave, and whether the
    wedge marks a dead key with NUL."""

    prefix: str
    keys: dict[str, Stroke]
    marked: bool


def align(scan: str) -> Strokes:
    """Which output belongs to which character of the reference code.

    Raises `Refused` (`reference_unreadable`) when `scan` is not that code, whatever the layout.
    """
    text = scan.strip("\r\n\t").rstrip(" ")
    if len(text) > _LONGEST_SCAN:
        raise _unreadable()
    start = text.find("  ")
    if not 0 <= start <= 12:  # no prefix, and the field cut the spaces at the start
        text, start = f"  {text}", 0
    body = text[start + 2 :]
    best = _Alignment(body).best(0, 0)
    if best[0] >= _TOO_DEAR:
        raise _unreadable()
    outputs = dict(zip((slot[0] for slot in _SLOTS), best[1], strict=True))
    accents = {stroke.output for stroke in outputs.values() if stroke.dead}
    marked = any(NUL + accent in body for accent in accents)
    return Strokes(text[:start], outputs, marked)


def _unreadable() -> Refused:
    return Refused.one(
        "reference_unreadable",
        "This is not the reference code, or much of it was lost. Scan the reference code once, "
        "with the cursor in this field.",
    )


class _Alignment:
    """The cheapest way to share the typed text out among the slots."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.best = lru_cache(maxsize=None)(self._best)

    def _best(self, slot: int, index: int) -> tuple[int, tuple[Stroke, ...]]:
        """The cost of the slots from `slot` on, typed from `index` on, and their strokes."""
        if slot == len(_SLOTS):
            return (0 if not self.text[index:].strip(" \r\n") else _TOO_DEAR), ()
        best: tuple[int, tuple[Stroke, ...]] = (_TOO_DEAR, ())
        for cost, stroke, end in self._choices(slot, index):
            rest = self.best(slot + 1, end)
            if cost + rest[0] < best[0]:
                best = (cost + rest[0], (stroke, *rest[1]))
        return best

    def _choices(self, slot: int, index: int) -> list[tuple[int, Stroke, int]]:
        character, spaces = _SLOTS[slot]
        word_end = index
        while word_end < len(self.text) and self.text[word_end] != " ":
            word_end += 1
        found = []
        for end in range(index, min(word_end, index + _LONGEST_OUTPUT) + 1):
            output = self.text[index:end]
            following = self._after_spaces(slot, end, spaces)
            if following is not None:
                found.append((_cost(output, character), Stroke(output), following))
            following = self._after_spaces(slot, end, spaces - 1)
            if output and following is not None and character not in SEPARATORS:
                accent = output.removeprefix(NUL)
                if accent and (output[0] == NUL or len(output) == 1):
                    found.append((_dead_cost(output), Stroke(accent, dead=True), following))
        return found

    def _after_spaces(self, slot: int, index: int, count: int) -> int | None:
        """Where the text goes on after `count` spaces; at the end of the code fewer will do."""
        end = index + count
        spaces = self.text[index:end]
        if spaces.strip(" ") or (len(spaces) < count and slot < _LAST_PRINTABLE):
            return None
        return min(end, len(self.text))


def _cost(output: str, character: str) -> int:
    if not output:
        return 1 if character in SEPARATORS else _LOST_KEY
    if NUL in output and character not in SEPARATORS:
        return 30
    return 0 if len(output) == 1 else 10 * len(output)


def _dead_cost(output: str) -> int:
    if output[0] == NUL:
        return 0 if len(output) == 2 else 10 * len(output)
    return 1 if output in _ACCENTS else 15
