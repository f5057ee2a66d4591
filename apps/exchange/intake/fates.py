"""What became of a line, told per event, and per row where the file is a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from apps.exchange.intake.lines import Line
from apps.exchange.intake.telling import told
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.refusal import Refusal

Word = Literal[
    "accepted", "repeated", "unmanaged", "refused", "rolled_back", "unreadable", "not_taken"
]
GOOD: frozenset[str] = frozenset({"accepted", "repeated", "unmanaged"})


@dataclass(frozen=True, slots=True)
class Fate:
    """`accepted` and `unmanaged` are new in the record, `repeated` stood there already. `refused` broke a rule,
    `unreadable` is wrong in itself, `rolled_back` was fine in a file where another was not, `not_taken` was not
    reached because the work was stopped."""

    word: Word
    event: str = ""  # event hash ID
    refusals: Sequence[Refusal] = field(default_factory=tuple)


def entries(line: Line, fate: Fate) -> Iterator[dict[str, Any]]:
    """One entry per row of a table, else one for the line."""
    about = {"fate": fate.word, **({"event": fate.event} if fate.event else {})}
    reasons = line.reasons or tuple(told(fate.refusals))
    if not line.rows:
        yield {"place": line.place, **about, **({"reasons": reasons} if reasons else {})}
        return
    if fate.word != "refused" or line.event is None:
        for row in line.rows:
            yield {"row": row, **about, **({"reasons": reasons} if reasons else {})}
        return
    packages = line.event.children or line.event.epcs
    for row, uri in zip(line.rows, packages, strict=True):
        mine = _about(uri.removeprefix(RESOLVER), fate.refusals)
        yield {"row": row, **about, "reasons": told(mine)}


def _about(path: str, refusals: Sequence[Refusal]) -> list[Refusal]:
    """The reasons that name this package; else those that name none, or more than are listed; else whose fault
    it is."""
    mine = [one for one in refusals if path in one.data.get("packages", ())]
    if mine:
        return mine
    open_ended = [
        one
        for one in refusals
        if not one.data.get("packages") or one.data.get("count", 0) > len(one.data["packages"])
    ]
    if open_ended:
        return open_ended
    first = refusals[0]
    sentence = f"Another row of the same event is wrong: {first.sentence}"
    return [Refusal("refused_with_others", sentence, {"because": first.code})]
