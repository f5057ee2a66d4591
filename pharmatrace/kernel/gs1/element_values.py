"""Whether the value of one application identifier is well formed: its components one after the
other, for each its characters, its length and the linters that the syntax dictionary names.
"""

from __future__ import annotations

from types import MappingProxyType

from pharmatrace.kernel.gs1.application_identifiers import ApplicationIdentifier, Component
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.linters.fault import Fault
from pharmatrace.kernel.gs1.linters.registry import LINTERS, OF_KIND
from pharmatrace.kernel.gs1.linters.sentences import sentence
from pharmatrace.kernel.refusal import Refusal

# The words that start the codes of what a medicine pack carries; everything else is a "value".
_SUBJECTS = {"00": "sscc", "01": "gtin", "02": "gtin", "10": "lot", "17": "expiry", "21": "serial"}
_SUBJECTS |= {"9N": "ppn"}
_SUBJECTS |= {str(ai): "gln" for ai in range(410, 418)}
_WRONG_CHARACTER = frozenset(
    f"{name}_character"
    for name in ("non_digit", "invalid_cset82", "invalid_cset39", "invalid_cset64")
)
_IMPOSSIBLE = frozenset(f"illegal_{name}" for name in ("month", "day", "hour", "minute", "second"))


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
    fault = OF_KIND[part.kind](chunk)
    if fault is None and len(chunk) < part.shortest:
        return _length_problem(entry, value, place + len(chunk))
    for check in part.checks:
        fault = fault or LINTERS[check](chunk)
    return _problem_of(entry, part, fault, chunk, value, place) if fault else None


def _problem_of(
    entry: ApplicationIdentifier,
    part: Component,
    fault: Fault,
    chunk: str,
    value: str,
    place: int,
) -> Refusal:
    """`fault` of the component `chunk`, which starts at `place`, as a refusal."""
    wrong = chunk[fault.start : fault.start + fault.length]
    at = place + fault.start
    if fault.code in _WRONG_CHARACTER:
        wanted = "digits only" if part.kind == "N" else "letters, digits and a few signs"
        words = f"{_name(entry)} takes {wanted}, not {wrong!r}."
        return problem(entry.ai, "characters", words, value, at)
    if fault.code == "incorrect_check_digit":
        words = (
            f"{_name(entry)} {chunk} is mistyped or misread: its last digit should be "
            f"{check_digit(chunk[:-1])}, not {chunk[-1]}."
        )
        return problem(entry.ai, "check_digit", words, value, at)
    words = f"{_name(entry)}: {sentence(fault.code, value=chunk, wrong=wrong)}."
    if fault.code in _IMPOSSIBLE:
        return problem(entry.ai, "impossible", words, value, place)
    return problem(entry.ai, fault.code, words, value, at)


def _length_problem(entry: ApplicationIdentifier, value: str, place: int) -> Refusal:
    shortest, longest = entry.shortest, entry.longest
    wanted = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    sentence = f"{_name(entry)} has {wanted} characters; this one has {len(value)}."
    return problem(entry.ai, "length", sentence, value, place)


def _name(entry: ApplicationIdentifier) -> str:
    return f"{entry.title or 'AI'} ({entry.ai})"
