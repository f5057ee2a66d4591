"""Which elements must not, and which must, stand together on one item (`ex` and `req` of the GS1
Barcode Syntax Dictionary; GS1 General Specifications §4.13).

A forbidden pair is wrong wherever it is read. A missing partner may stand in another symbol of the
same item, so it is asked for only when everything on the item has been read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pharmatrace.kernel.gs1.application_identifiers import AIS
from pharmatrace.kernel.refusal import Refusal

# A signature signs one thing, so these keys need their serial part beside it (dictionary, AI 8030).
_SIGNED_KEYS = ("253", "255", "8003")


def forbidden_pairs(values: Mapping[str, str], places: Mapping[str, int]) -> list[Refusal]:
    """A refusal for each pair of AIs in `values` that excludes each other. `places` tells where the
    value of each AI starts. Codes: `ai_pair_forbidden`, `digsig_serial_missing`."""
    return [*_exclusions(values, places), *_unserialised(values, places)]


def missing_partners(values: Mapping[str, str], places: Mapping[str, int]) -> list[Refusal]:
    """A refusal `ai_partner_missing` for each AI in `values` without one it needs beside it."""
    found = []
    for ai in values:
        for groups in AIS[ai].requires if ai in AIS else ():
            if not any(_has_all(values, group, ai) for group in groups.split(",")):
                words = (
                    f"{AIS[ai].title} ({ai}) is only meaningful together with "
                    f"{groups.replace('+', ' and ').replace(',', ', or ')}."
                )
                found.append(_refusal("ai_partner_missing", words, ai, places, needs=groups))
    return found


def _exclusions(values: Mapping[str, str], places: Mapping[str, int]) -> Iterator[Refusal]:
    for ai in values:
        for pattern in AIS[ai].excludes if ai in AIS else ():
            other = _first(values, pattern, ai)
            if other:
                words = (
                    f"{AIS[ai].title} ({ai}) and {AIS[other].title if other in AIS else 'AI'} "
                    f"({other}) must not stand on the same item."
                )
                yield _refusal("ai_pair_forbidden", words, ai, places, other=other)


def _unserialised(values: Mapping[str, str], places: Mapping[str, int]) -> Iterator[Refusal]:
    for ai in _SIGNED_KEYS if "8030" in values else ():
        if ai in values and len(values[ai]) == AIS[ai].shortest:
            words = (
                f"Beside a digital signature (8030), {AIS[ai].title} ({ai}) needs its serial part."
            )
            yield _refusal("digsig_serial_missing", words, ai, places)


def _has_all(values: Mapping[str, str], group: str, ai: str) -> bool:
    return all(_first(values, pattern, ai) for pattern in group.split("+"))


def _first(values: Mapping[str, str], pattern: str, ai: str) -> str | None:
    """The first AI that matches `pattern` (`35nn` is any of 3500 to 3599) and is not `ai` itself."""
    fixed = pattern.rstrip("n")
    for other in values:
        if other != ai and len(other) == len(pattern) and other.startswith(fixed):
            return other
    return None


def _refusal(code: str, words: str, ai: str, places: Mapping[str, int], **more: str) -> Refusal:
    data = {"ai": ai, "place": places.get(ai, 0), **more}
    return Refusal(code, words, MappingProxyType(data))
