"""Findings: what a verifier checked, what came of it, and what it could not check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    DOUBTED = "not to be relied on"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: which check, where in the bundle (JSON pointer), and what came of it."""

    name: str
    place: str
    outcome: Outcome
    sentence: str


class Findings:
    """Collects checks in the order in which they are made."""

    def __init__(self, checks: list[Check] | None = None, below: str = "") -> None:
        self.checks: list[Check] = [] if checks is None else checks
        self._below = below

    def below(self, place: str) -> Findings:
        """The same collection for a part of the bundle whose places stand below this one."""
        return Findings(self.checks, self._below + place)

    def holds(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, self._below + place, Outcome.HOLDS, sentence))

    def fails(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, self._below + place, Outcome.FAILS, sentence))

    def doubts(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, self._below + place, Outcome.DOUBTED, sentence))

    def not_checked(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, self._below + place, Outcome.NOT_CHECKED, sentence))
