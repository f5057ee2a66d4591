"""The trees that the entries of a bundle stand in: one for each shard of the log, in log order.

The index of an entry is its number over all shards. The genesis of a shard says with its fact `first` which number its
entry 0 has; that of a log's first shard says nothing, and has 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pharmatrace.kernel.evidence.shown import EventEvidence
from pharmatrace.kernel.tlog.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Tree:
    """The signed tree of one shard; `first` is the number of its entry 0. None where nobody signed it."""

    first: int
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class Trees:
    """Oldest first, at least one."""

    all: tuple[Tree, ...]

    def holding(self, index: int) -> Tree | None:
        """The tree that an entry of this number stands in; None where it lies before all of them."""
        return next((one for one in reversed(self.all) if one.first <= index), None)


Signed = Checkpoint | Tree | Trees | None
"""What an entry is looked for in; a checkpoint alone is that of a log's first shard."""


def tree_for(index: int, signed: Signed) -> Tree | None:
    if isinstance(signed, Trees):
        return signed.holding(index)
    if isinstance(signed, Tree):
        return signed if signed.first <= index else None
    return Tree(0, signed)


def first_of(genesis: EventEvidence) -> int:
    """The number of a shard's entry 0, as its genesis says; whether it may say so is checked with the genesis."""
    told = genesis.fact("first")
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else 0


def number_in(firsts: Sequence[int], index: int) -> int | None:
    """Which of the shards, by the numbers of their first entries in order, holds the entry."""
    found = [at for at, first in enumerate(firsts) if first <= index]
    return found[-1] if found else None
