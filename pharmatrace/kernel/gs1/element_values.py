"""Whether the value of one application identifier is well formed: length, characters, check digit,
dates and times. The finer checks of the syntax dictionary (countries, currencies, …) come later.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from pharmatrace.kernel.gs1.application_identifiers import ApplicationIdentifier, Component
from pharmatrace.kernel.gs1.characters import first_outside
from pharmatrace.kernel.gs1.check_digit import check_digit, has_good_check_digit
from pharmatrace.kernel.gs1.dates import read_date
from pharmatrace.kernel.refusal import Refusal

# The words that start the codes of what a medicine pack carries; everything else is a "value".
_SUBJECTS = {"00": "sscc", "01": "gtin", "02": "gtin", "10": "lot", "17": "expiry", "21": "serial"}
_SUBJECTS |= {str(ai): "gln" for ai in range(410, 418)}
_TIMES = {"hhmi": (24, 60), "hh": (24,), "mi": (60,), "ss": (60,)}


def value_problem(entry: ApplicationIdentifier, value: str, place: int = 0) -> Refusal | None:
    """The first thing wrong with `value` of AI `entry`, or None. `place` is where the value starts
    in the scanned text; it is added to the position reported."""
    index = 0
    for part in entry.components:
        if part.optional and index == len(value):
            break
        chunk = value[index : index + part.longest]
        problem = _part_problem(entry, part, chunk, value, place + index)
        if problem:
            return problem
        index += len(chunk)
    if index < len(value):
        return _length_problem(entry, value, place + index)
    return None


def problem(ai: str, kind: str, sentence: str, value: str, place: int) -> Refusal:
    """A refusal about AI `ai`, code `{subject}_{kind}`, with the value and where the fault is."""
    code = f"{_SUBJECTS.get(ai, 'value')}_{kind}"
    return Refusal(code, sentence, MappingProxyType({"ai": ai, "value": value, "place": place}))


def _part_problem(
    entry: ApplicationIdentifier, part: Component, chunk: str, value: str, place: int
) -> Refusal | None:
    outside = first_outside(chunk, part.kind)
    if outside >= 0:
        wanted = "digits only" if part.kind == "N" else "letters, digits and a few signs"
        return problem(
            entry.ai,
            "characters",
            f"{_name(entry)} takes {wanted}, not {chunk[outside]!r}.",
            value,
            place + outside,
        )
    if len(chunk) < part.shortest:
        return _length_problem(entry, value, place + len(chunk))
    for check in part.checks:
        found = _check(entry, check, chunk, value, place)
        if found:
            return found
    return None


def _check(
    entry: ApplicationIdentifier, check: str, chunk: str, value: str, place: int
) -> Refusal | None:
    if check == "csum" and not has_good_check_digit(chunk):
        last = place + len(chunk) - 1
        sentence = (
            f"{_name(entry)} {chunk} is mistyped or misread: its last digit should be "
            f"{check_digit(chunk[:-1])}, not {chunk[-1]}."
        )
        return problem(entry.ai, "check_digit", sentence, value, last)
    if check in ("yymmd0", "yymmdd", "yyyymmdd") and not _is_day(check, chunk):
        sentence = f"{_name(entry)} {chunk} is not a day of the calendar."
        return problem(entry.ai, "impossible", sentence, value, place)
    if check in _TIMES and not _is_time(_TIMES[check], chunk):
        sentence = f"{_name(entry)}: {chunk} is not a time of day."
        return problem(entry.ai, "impossible", sentence, value, place)
    return None


def _is_day(check: str, digits: str) -> bool:
    if check == "yyyymmdd":
        try:
            date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
        except ValueError:
            return False
        return True
    if check == "yymmdd" and digits[4:] == "00":
        return False
    return read_date(digits) is not None


def _is_time(limits: tuple[int, ...], digits: str) -> bool:
    return all(int(digits[2 * i : 2 * i + 2]) < limit for i, limit in enumerate(limits))


def _length_problem(entry: ApplicationIdentifier, value: str, place: int) -> Refusal:
    shortest, longest = entry.shortest, entry.longest
    wanted = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    sentence = f"{_name(entry)} has {wanted} characters; this one has {len(value)}."
    return problem(entry.ai, "length", sentence, value, place)


def _name(entry: ApplicationIdentifier) -> str:
    return f"{entry.title or 'AI'} ({entry.ai})"
