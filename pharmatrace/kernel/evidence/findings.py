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

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def holds(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, place, Outcome.HOLDS, sentence))

    def fails(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, place, Outcome.FAILS, sentence))

    def doubts(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, place, Outcome.DOUBTED, sentence))

    def not_checked(self, name: str, place: str, sentence: str) -> None:
        self.checks.append(Check(name, place, Outcome.NOT_CHECKED, sentence))
