"""What a linter says: the fault's name in the dictionary's words, and which characters are at fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` as the GS1 Syntax Tests name it, in lower case; `length` characters from `start` on."""

    code: str
    start: int
    length: int


Linter = Callable[[str], Fault | None]


def whole(code: str, text: str) -> Fault:
    """A fault of the whole `text`."""
    return Fault(code, 0, len(text))


def first_not_in(allowed: frozenset[str], text: str, code: str) -> Fault | None:
    """A fault at the first character that is not `allowed`."""
    for index, character in enumerate(text):
        if character not in allowed:
            return Fault(code, index, 1)
    return None


def code_list(text: str) -> frozenset[str]:
    """The codes in `text`, between blanks."""
    return frozenset(text.split())


def non_digit(text: str) -> Fault | None:
    """A fault at the first character that is no ASCII digit."""
    if text.isascii() and text.isdigit():
        return None
    return first_not_in(frozenset("0123456789"), text, "non_digit_character")
