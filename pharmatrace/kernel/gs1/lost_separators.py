"""Element strings whose separators were lost on the way: where they can have stood.

A separator may be put back only when a single place makes a code that obeys every rule; with two
places one would have to guess the serial number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pharmatrace.kernel.gs1.application_identifiers import ApplicationIdentifier, ai_at
from pharmatrace.kernel.gs1.element_values import value_problem
from pharmatrace.kernel.gs1.read import Reading, read

GS = "\x1d"
# What a well-formed code may lack; here it is one more thing that may have been meant.
NAMES_NO_PACK = frozenset(["serial_missing", "no_package"])
# A pack's code ends long before this; beyond it the search is called undecided.
_MOST_STEPS = 20_000


class Undecided(Exception):
    """There are too many places to look at."""


def readings_with_separators(body: str, *, today: date | None = None) -> list[Reading]:
    """Every reading of `body`, an element string without AIM identifier, that obeys the rules with
    separators put in where they may have been lost; at most two, as two are already too many.

    Raises `Undecided`.
    """
    found: dict[tuple[tuple[str, str], ...], Reading] = {}
    for elements in _Search(body).from_place(0, ()):
        if tuple(sorted(elements)) in found:
            continue
        reading = read("]d2" + GS.join(ai + value for ai, value in elements), today=today)
        if {problem.code for problem in reading.problems} <= {*NAMES_NO_PACK, "separator_missing"}:
            found[tuple(sorted(elements))] = reading
            if len(found) > 1:
                break
    return list(found.values())


class _Search:
    """Walks through `body`, element by element, trying every length a value may have."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.steps = 0

    def from_place(
        self, index: int, known: tuple[tuple[str, str], ...]
    ) -> Iterator[tuple[tuple[str, str], ...]]:
        while self.body[index : index + 1] == GS:
            index += 1
        if index == len(self.body):
            yield known
            return
        entry = ai_at(self.body, index)
        if entry is None or any(entry.ai == ai for ai, _ in known):
            return
        for value in self._values(entry, index + len(entry.ai)):
            end = index + len(entry.ai) + len(value)
            yield from self.from_place(end, (*known, (entry.ai, value)))

    def _values(self, entry: ApplicationIdentifier, start: int) -> Iterator[str]:
        stop = self.body.find(GS, start)
        stop = len(self.body) if stop < 0 else stop
        for end in range(start + entry.shortest, min(stop, start + entry.longest) + 1):
            self.steps += 1
            if self.steps > _MOST_STEPS:
                raise Undecided
            value = self.body[start:end]
            if value and not value_problem(entry, value):
                yield value
