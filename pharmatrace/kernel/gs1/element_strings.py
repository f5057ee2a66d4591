"""Element strings: AIs and values in a row, as a barcode carries them (General Specifications §7.8)
or in brackets, as people print them.

Both readers return every element they are sure of and the problems they met, with places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

from pharmatrace.kernel.gs1.application_identifiers import AIS, ApplicationIdentifier, ai_at
from pharmatrace.kernel.gs1.element_values import value_problem
from pharmatrace.kernel.refusal import Refusal

GS = "\x1d"
_BRACKETED_AI = re.compile(r"\((\d{2,4})\)", re.ASCII)
_OPENING = re.compile(r"(?<!\\)\(")
# A medicine pack carries these besides its GTIN, so their absence is a sign of a lost separator.
_PACK_AIS = ("10", "17", "21")
# Lot, expiry and serial with their AIs: a longer tail is no pack's, however one splits it.
_LONGEST_JOINED = 20 + 2 + 6 + 2 + 20


class Elements:
    """What has been read so far: `values` by AI in the order met, `places` where each value starts,
    and `problems`."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.places: dict[str, int] = {}
        self.problems: list[Refusal] = []

    def add(self, entry: ApplicationIdentifier, value: str, place: int) -> None:
        """Takes one element over; a second, other value for the same AI is a problem."""
        if not self.keep(entry.ai, value, place, title=entry.title):
            return
        found = value_problem(entry, value, place)
        if found:
            self.problems.append(found)

    def keep(self, name: str, value: str, place: int, *, title: str) -> bool:
        """Keeps `value` under `name`, unseen so far; False when `name` is known already."""
        known = self.values.get(name)
        if known is None:
            self.values[name], self.places[name] = value, place
            return True
        if known != value:
            self.report(
                "ai_repeated",
                f"{title} ({name}) is there twice: {known} and {value}.",
                ai=name,
                place=place,
            )
        return False

    def take_over(self, other: Elements) -> None:
        """Everything `other` has read, after what is here."""
        for name, value in other.values.items():
            self.keep(name, value, other.places[name], title=name)
        self.problems += other.problems

    def move(self, by: int) -> None:
        """Places count from elsewhere: `by` characters further, never below zero."""
        if not by:
            return
        self.places = {name: max(place + by, 0) for name, place in self.places.items()}
        moved = []
        for one in self.problems:
            data = dict(one.data)
            data["place"] = max(int(data.get("place", 0)) + by, 0)
            moved.append(Refusal(one.code, one.sentence, MappingProxyType(data)))
        self.problems = moved

    def report(self, code: str, sentence: str, **data: object) -> None:
        self.problems.append(Refusal(code, sentence, MappingProxyType(data)))


def read_element_string(text: str, offset: int = 0, *, first_fnc1: bool = False) -> Elements:
    """Elements of `text` with FNC1 as GS (0x1D). `offset` is where `text` starts in the scan; with
    `first_fnc1` it has to start with FNC1, which scanners leave out (`fnc1_missing`).

    Where a separator seems to be lost the elements cannot be told apart; that is reported
    (`separator_missing`), never guessed.
    """
    found = Elements()
    if first_fnc1 and not text.startswith(GS):
        found.report("fnc1_missing", "GS1 elements start with FNC1.", place=offset)
    index, last = 0, ("", "", 0)
    while index < len(text):
        if text[index] == GS:
            index += 1
            continue
        entry = ai_at(text, index)
        end = _end_of_field(text, index)
        if entry is None:
            _report_unknown(found, text[index:end], index + offset)
            index = end
            continue
        start = index + len(entry.ai)
        if entry.predefined:
            end = min(end, start + entry.longest)
        value = text[start:end]
        found.add(entry, value, start + offset)
        last = (entry.ai, value, start + offset)
        index = end
    if GS not in text.rstrip(GS):
        _look_for_lost_separator(found, *last)
    return found


def read_bracketed(text: str, offset: int = 0) -> Elements:
    """Elements of `(01)…(21)…`. Every bracket opens an element; one that belongs to a value is
    written `\\(` (GS1 Syntax Engine, "bracketed AI element string")."""
    found = Elements()
    index, last = 0, ""
    while index < len(text):
        mark = _BRACKETED_AI.match(text, index)
        if mark is None:
            found.report(
                "bracket" if last else "unreadable",
                "Brackets must hold an application identifier; a bracket that belongs to a value is "
                "written \\(.",
                ai=last,
                place=index + offset,
            )
            return found
        end = _next_bracket(text, mark.end())
        entry = AIS.get(mark[1])
        if entry is None:
            _report_unknown(found, mark[1], mark.start(1) + offset, last)
        else:
            _add_escaped(found, entry, text[mark.end() : end], mark.end() + offset)
            last = entry.ai
        index = end
    return found


def write_bracketed(values: Mapping[str, str]) -> str:
    """`values` as `(01)…(21)…`, brackets in them written `\\(`."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in values.items())


def write_element_string(values: Mapping[str, str]) -> str:
    """`values` in a row as a barcode carries them, with GS (for FNC1) in front and wherever a value
    of variable length is followed by another element."""
    out, needed = "", True
    for ai, value in values.items():
        out += (GS if needed else "") + ai + value
        needed = not (ai in AIS and AIS[ai].predefined)
    return out


def _add_escaped(found: Elements, entry: ApplicationIdentifier, raw: str, place: int) -> None:
    """Takes over the value that `raw` spells; places count the backslashes, too."""
    pieces = raw.split("\\(")
    before = len(found.problems)
    found.add(entry, "(".join(pieces), place)
    if len(pieces) == 1 or len(found.problems) == before:
        return
    problem = found.problems[-1]
    at = problem.data["place"] - place
    ends = accumulate(len(piece) + 1 for piece in pieces)
    backslashes = sum(end <= at for end in ends)
    data = MappingProxyType({**problem.data, "place": problem.data["place"] + backslashes})
    found.problems[-1] = Refusal(problem.code, problem.sentence, data)


def _next_bracket(text: str, start: int) -> int:
    found = _OPENING.search(text, start)
    return found.start() if found else len(text)


def _end_of_field(text: str, index: int) -> int:
    end = text.find(GS, index)
    return len(text) if end < 0 else end


def _report_unknown(found: Elements, rest: str, place: int, before: str = "") -> None:
    # `before` may have swallowed its separator or its bracket, so it is not to be trusted either.
    found.report(
        "unknown_ai",
        f"No application identifier starts with {rest[:4]!r} (position {place + 1}).",
        value=rest,
        ai=before,
        place=place,
    )


def _look_for_lost_separator(found: Elements, ai: str, value: str, place: int) -> None:
    """Reports a last, variable field that may have swallowed what a pack should also carry."""
    if "01" not in found.values or ai not in ("10", "21") or len(value) > _LONGEST_JOINED:
        return
    missing = [other for other in _PACK_AIS if other not in found.values]
    if missing and _holds_all(value, missing):
        sentence = (
            "The separator between lot, serial number and expiry was lost on the way, so they "
            "cannot be told apart. Scan again with a scanner that sends the group separator."
        )
        data = MappingProxyType({"ai": ai, "value": value, "place": place})
        # First: the length or the characters of the joined value are only what follows from it.
        found.problems.insert(0, Refusal("separator_missing", sentence, data))


def _holds_all(value: str, missing: list[str]) -> bool:
    """Whether some split of `value` after its first character supplies every missing AI."""
    if not missing:
        return True
    for index in range(1, len(value) - 2):
        ai = value[index : index + 2]
        if ai not in missing:
            continue
        others = [other for other in missing if other != ai]
        rest = value[index + 2 :]
        if ai == "17":
            whole = not value_problem(AIS["17"], rest[:6]) and (
                not others or _starts_with_all(rest[6:], others)
            )
        else:
            whole = not others or _holds_all(rest, others)
        if whole:
            return True
    return False


def _starts_with_all(value: str, missing: list[str]) -> bool:
    ai, rest = value[:2], value[2:]
    if ai not in missing or not rest:
        return False
    others = [other for other in missing if other != ai]
    return not others or _holds_all(rest, others)
