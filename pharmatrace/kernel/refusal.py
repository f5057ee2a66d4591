"""An expected no, as a value.

A `Refusal` says why something was not accepted. Its code is stable and documented, its sentence is
for people, and the data that caused it travels along. Faults of the program are ordinary
exceptions and never a `Refusal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason: `code` in snake case, `sentence` in plain English, `data` that caused it."""

    code: str
    sentence: str
    data: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)

    def __str__(self) -> str:
        return self.sentence


class Refused(Exception):
    """One or more refusals, raised where a value cannot be returned."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = tuple(refusals)
        if not self.refusals:
            raise ValueError("Refused needs at least one refusal")
        super().__init__(" ".join(refusal.sentence for refusal in self.refusals))

    @classmethod
    def one(cls, code: str, sentence: str, **data: Any) -> Refused:
        """A `Refused` with exactly one reason."""
        return cls((Refusal(code, sentence, MappingProxyType(data)),))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(refusal.code for refusal in self.refusals)
