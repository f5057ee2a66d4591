"""Corrections: an event that was recorded is declared wrong, and what it did is taken back (EPCIS 2.0
§7.4.1.2). Pure. Both stay in the record; the state of every package becomes what it would be without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pharmatrace.kernel.custody.case import LATENESS
from pharmatrace.kernel.custody.checks import CLOCK_SKEW, UNDO_WINDOW, refusal
from pharmatrace.kernel.custody.kinds import Kind, Status
from pharmatrace.kernel.custody.lives import Chapter, Lives, Replay
from pharmatrace.kernel.custody.world import PackageState
from pharmatrace.kernel.refusal import Refusal, Refused

FINAL = frozenset({Kind.DESTROY, Kind.REPORT_STOLEN})
"""What is never undone (DESIGN §3), by a declaration no more than by an event of its own."""

DELAYED = frozenset({Kind.DISPENSE, Kind.DECOMMISSION, Kind.SAMPLE, Kind.EXPORT})
"""What may be undone for ten days only: a declaration is no way around them (2016/161 article 13)."""

_HAPPENED = {
    Kind.COMMISSION: "commissioned", Kind.PACK: "packed", Kind.UNPACK: "unpacked",
    Kind.SHIP: "shipped on", Kind.CANCEL_SHIPMENT: "called back", Kind.RECEIVE: "received",
    Kind.REFUSE: "refused on arrival", Kind.RETURN: "sent back", Kind.DISPENSE: "dispensed",
    Kind.UNDO_DISPENSE: "taken back from a patient", Kind.DECOMMISSION: "decommissioned",
    Kind.REINSTATE: "reinstated", Kind.DESTROY: "destroyed", Kind.SAMPLE: "taken as a sample",
    Kind.EXPORT: "exported", Kind.LOCK: "locked", Kind.UNLOCK: "unlocked",
    Kind.REPORT_STOLEN: "reported stolen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """The event that is declared wrong, as it was recorded. `recorders` are the organisation that recorded it
    and the partner it was recorded for, if any; `packages` is how many it names."""

    event: str
    kind: Kind
    recorders: frozenset[UUID]
    at: datetime
    packages: int


def may_declare(declared_recorders: frozenset[UUID], declarer: UUID) -> list[Refusal]:
    """Whoever recorded an event may say that it was wrong, and nobody else."""
    if declarer in declared_recorders:
        return []
    return [Refusal("not_yours_to_declare", "Only whoever recorded an event can declare it wrong.")]


def declared_in_time(declared_at: datetime, now: datetime) -> list[Refusal]:
    if declared_at <= now + CLOCK_SKEW:
        return []
    sentence = f"The declaration says {declared_at.isoformat()}, which has not come yet."
    return [Refusal("in_future", sentence, {"field": "declarationTime"})]


def reverse(
    declared: Declared,
    packages: Sequence[tuple[UUID, str]],
    *,
    states: Mapping[UUID, PackageState],
    lives: Lives,
    declarer: UUID,
    declared_at: datetime,
    now: datetime,
) -> list[PackageState]:
    """The state of every package as if `declared` had not been, in document order. Changes nothing itself.

    Raises `Refused`: `declared_differs`, `not_yours_to_declare`, `in_future`, `never_reversed`,
    `undo_window_over`, `happened_since` (with the packages and the event in the way), `history_erased`.
    """
    refusals = _same_packages(declared, packages, lives) or [
        *may_declare(declared.recorders, declarer),
        *declared_in_time(declared_at, now),
        *_reversible(declared, max(declared_at, now - LATENESS)),
        *_in_the_way(declared, packages, lives),
        *_erased(packages, lives),
    ]
    if refusals:
        raise Refused(refusals)
    replay = Replay(lives, lives.wrong | {declared.event})
    return [_without(states[id], replay, declared_at) for id, _ in packages]


def _same_packages(
    declared: Declared, packages: Sequence[tuple[UUID, str]], lives: Lives
) -> list[Refusal]:
    """A hash ID is made of a string in which nothing marks where a value ends (CBV 2.0 §8.9), so two events can
    be written that share one and name other packages."""
    if len(packages) == declared.packages and all(
        lives.has(id, declared.event) for id, _ in packages
    ):
        return []
    sentence = "The event that was recorded under this hash names other packages."
    return [Refusal("declared_differs", sentence, {"event": declared.event})]


def _reversible(declared: Declared, latest: datetime) -> list[Refusal]:
    if declared.kind in FINAL:
        word = _HAPPENED[declared.kind]
        return [Refusal("never_reversed", f"That something was {word} is never taken back.")]
    if declared.kind in DELAYED and latest - declared.at > UNDO_WINDOW:
        return [Refusal("undo_window_over", "That was done more than ten days ago.")]
    return []


def _in_the_way(
    declared: Declared, packages: Sequence[tuple[UUID, str]], lives: Lives
) -> list[Refusal]:
    """One refusal for each kind of thing that happened since; the newest event of a package counts, since it
    is the one to declare wrong first."""
    found: dict[Kind, list[tuple[str, Chapter]]] = {}
    for id, path in packages:
        if since := lives.since(id, declared.event):
            found.setdefault(since[-1].deed.kind, []).append((path, since[-1]))
    return [
        one
        for kind, broken in found.items()
        for one in refusal(
            "happened_since",
            "{} was " + _HAPPENED[kind] + " since, and that stands: it cannot be taken back under it.",
            [path for path, _ in broken],
            kind=kind.value,
            event=broken[0][1].event,
        )
    ]  # fmt: skip


def _erased(packages: Sequence[tuple[UUID, str]], lives: Lives) -> list[Refusal]:
    """What a package was before cannot be worked out where a part of its life is gone, or of the life of
    anything that was looked into for it."""
    if not lives.erased:
        return []
    sentence = "A part of the history of {} was erased, so nobody can say what it was before."
    gone = [path for id, path in packages if id in lives.erased]
    return refusal("history_erased", sentence, gone or [path for _, path in packages])


def _without(state: PackageState, replay: Replay, declared_at: datetime) -> PackageState:
    """What never came to life is void, and stays where it was made."""
    before = replay.state(state)
    if before is not None:
        return before
    if state.status is Status.VOID:
        return state  # somebody had looked at what was void already
    return replace(state, status=Status.VOID, status_at=declared_at, consignee=None)
