"""What may have been scanned, given what was typed and what each key types.

One typed text can have several sources: two keys that type the same, a dead key whose result
another key gives too. All of them are enumerated; which one it was is for the reader of codes to
decide, or to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pharmatrace.kernel.gs1.dead_keys import bare_letter, composition, habits, marks_of
from pharmatrace.kernel.gs1.reference_code import GS, NUL, SEPARATORS, Stroke

# More sources than this are told apart by nothing a code carries.
MAX_SOURCES = 512


class TooMany(Exception):
    """The typed text has more possible sources than are worth trying."""


@dataclass(slots=True)
class Decoder:
    """The way back from outputs to characters, for one scanner."""

    keys: dict[str, Stroke]
    marked: bool
    plain: dict[str, list[str]] = field(default_factory=dict)
    dead: dict[str, list[str]] = field(default_factory=dict)
    composed: dict[str, list[str]] = field(default_factory=dict)
    longest: int = 1

    def __post_init__(self) -> None:
        separator = self.keys[GS].output
        for character, stroke in self.keys.items():
            # The other separators stand in envelopes only, which `read` of a calibration mends.
            shadowed = character in SEPARATORS and character != GS and stroke.output == separator
            if stroke.output and not shadowed:
                table = self.dead if stroke.dead else self.plain
                table.setdefault(stroke.output, []).append(character)
        self.longest = max((len(output) for output in self.plain), default=1)
        self._compose(lambda accent, letter: [composition(accent, letter)])
        # What a layout does by habit counts only where no key does it by Unicode.
        self._compose(habits)

    def _compose(self, results: Callable[[str, str], Iterable[str]]) -> None:
        new: dict[str, list[str]] = {}
        for accent, accents in self.dead.items():
            for letter, letters in self.plain.items():
                for result in results(accent, letter):
                    if result and result not in self.composed:
                        new.setdefault(result, []).extend(_pairs(accents, letters))
        self.composed |= new

    def sources(self, text: str) -> list[str]:
        """Every text whose scan types `text`; none when a character of it has no key.

        Raises `TooMany`.
        """
        marked = self.marked or NUL in text
        # What is known of each prefix, so that a text without any source ends in linear time.
        ends: list[list[str]] = [[] for _ in range(len(text) + 1)]
        ends[0] = [""]
        for index in range(len(text)):
            if not ends[index]:
                continue
            for length, choices in self._steps(text, index, marked):
                target = ends[index + length]
                target += [known + choice for known in ends[index] for choice in choices]
                if len(target) > MAX_SOURCES:
                    raise TooMany
            ends[index] = []
        return list(dict.fromkeys(ends[-1]))

    def first_unknown(self, text: str) -> int:
        """How far `text` can be followed: the index of the first output that no key types."""
        marked = self.marked or NUL in text
        reached = {0}
        furthest = 0
        for index in range(len(text)):
            if index in reached:
                furthest = index
                reached.update(index + length for length, _ in self._steps(text, index, marked))
        return furthest

    def _steps(self, text: str, index: int, marked: bool) -> list[tuple[int, list[str]]]:
        """Each piece of output that can stand at `index`: its length and its possible sources."""
        steps = []
        for length in range(1, self.longest + 1):
            output = text[index : index + length]
            characters = self._separators if output == NUL else self.plain.get(output)
            if characters and len(output) == length:
                steps.append((length, characters))
        if not steps and "\0" < text[index] < " ":
            steps.append((1, [text[index]]))  # a control character that no key was seen to type
        if not self.dead:
            return steps
        start = index
        if marked:
            if text[index] != NUL:
                return steps
            start = index + 1
        steps += [
            (start - index + length, made) for length, made in self._after_dead(text, start, marked)
        ]
        return steps

    def _after_dead(self, text: str, start: int, marked: bool) -> list[tuple[int, list[str]]]:
        steps = []
        made = text[start : start + 1]
        if made:
            pairs = self.composed.get(made) or self._unforeseen(made, marked)
            if pairs:
                steps.append((1, pairs))
        for accent, accents in self.dead.items():
            if not text.startswith(accent, start) and not self._same_accent(made, accent):
                continue
            after = start + len(accent)
            # Nothing is composed: both keys show, a second dead key like any other.
            for second, seconds in self.dead.items():
                if text.startswith(second, after):
                    steps.append((len(accent) + len(second), _pairs(accents, seconds)))
            # What follows is read as a key of its own; only a letter would have been composed.
            steps.append((len(accent), accents))
        # A separator that types NUL overtakes the accent that it sets free.
        if marked and text[start : start + 1] == NUL and self._separators:
            for accent, accents in self.dead.items():
                if text.startswith(accent, start + 1):
                    steps.append((1 + len(accent), _pairs(accents, self._separators)))
        return steps

    def _same_accent(self, made: str, accent: str) -> bool:
        """Some layouts free a dead key as one accent before a space and as another elsewhere."""
        known = made in self.dead or made in self.plain
        return not known and bool(made) and marks_of(made) == marks_of(accent) != ""

    @property
    def _separators(self) -> list[str]:
        """What NUL can stand for, dead keys apart. A reference code that came through a channel
        which drops NUL shows nothing for the group separator where later scans show NUL."""
        if not self.marked and not self.keys[GS].output:
            return [GS]
        return self.plain.get(NUL, [])

    def _unforeseen(self, made: str, marked: bool) -> list[str]:
        """Sources of a composition that Unicode does not tell: any dead key with that letter."""
        letter = bare_letter(made)
        if not marked or not letter:
            return []
        letters = self.plain.get(letter, [])
        return [pair for accents in self.dead.values() for pair in _pairs(accents, letters)]


def _pairs(firsts: list[str], seconds: list[str]) -> list[str]:
    return [first + second for first in firsts for second in seconds]
