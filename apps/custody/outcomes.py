"""What became of each event a capture was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pharmatrace.kernel.refusal import Refusal, Refused

Fate = Literal["accepted", "repeated", "refused", "rolled_back"]


@dataclass(slots=True)
class Outcome:
    """`rolled_back` is an event that was fine itself, in a document where another was not."""

    fate: Fate
    kind: str = ""
    event_hash: str = ""
    event_id: int | None = None
    statement_id: int | None = None
    refusals: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class CaptureResult:
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Every event stands in the record, now or already before."""
        return all(outcome.fate in ("accepted", "repeated") for outcome in self.outcomes)

    def raise_refused(self) -> None:
        """For callers that can go on only if everything was accepted."""
        refusals = [one for outcome in self.outcomes for one in outcome.refusals]
        if refusals:
            raise Refused(refusals)
