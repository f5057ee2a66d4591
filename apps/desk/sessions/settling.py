"""What of a container arrived, told from what was scanned inside it. Pure.

Custody follows the outermost container. So what is missing or refused comes out of its container first, and what is
left moves as one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from apps.desk.sessions.trees import Tree

Fate = Literal["in", "out", "refused", "part"]


@dataclass(slots=True)
class Settled:
    """Ids. `unpacked` are containers with what comes out of each, the outer ones first. What is `missing` stays on
    its way."""

    unpacked: list[tuple[UUID, list[UUID]]] = field(default_factory=list)
    received: list[UUID] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)


def settle(
    tops: Collection[UUID], tree: Tree, *, given: Collection[UUID], refused: Collection[UUID]
) -> Settled:
    """`given` was scanned, or is said to be there, with all inside; `refused` was scanned and is not accepted.

    What was taken apart is received in pieces: each container that still holds something, and loose packs.
    """
    settled = Settled()
    walk = _Walk(tree, frozenset(given), frozenset(refused), settled)
    for top in tops:
        walk.place(top, walk.fate(top, False))
    return settled


@dataclass(slots=True)
class _Walk:
    tree: Tree
    given: frozenset[UUID]
    refused: frozenset[UUID]
    settled: Settled

    def fate(self, id: UUID, outer_given: bool) -> Fate:
        if id in self.refused:
            return "refused"
        is_given = outer_given or id in self.given
        children = self.tree.children.get(id, ())
        if not children:
            return "in" if is_given else "out"
        turn = len(self.settled.unpacked)
        fates = {child: self.fate(child, is_given) for child in children}
        kinds = set(fates.values())
        if kinds == {"in"}:
            return "in"
        if len(kinds) == 1 and not is_given and "part" not in kinds:
            return kinds.pop()
        arrived = is_given or not kinds <= {"refused", "out"}
        stays: Fate = "in" if arrived else "out"
        out = [child for child in children if fates[child] != stays]
        # Before what its own containers gave up: only what lies in nothing can be opened.
        self.settled.unpacked.insert(turn, (id, out))
        for child in out:
            self.place(child, fates[child])
        return "part" if arrived else "out"

    def place(self, id: UUID, fate: Fate) -> None:
        s = self.settled
        {"in": s.received, "part": s.received, "refused": s.refused, "out": s.missing}[fate].append(id)  # fmt: skip
