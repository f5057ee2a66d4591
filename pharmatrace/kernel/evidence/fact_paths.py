"""The path from one fact to the facts root, each step with its side.

The size of an event's facts tree is nowhere signed, so a path by index and size would leave both
open to change. With the side in each step there is nothing in a path that can change unseen, and a
reader does not learn how many facts, and so how many packages, an event has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pharmatrace.kernel.tlog.proofs import inclusion_paths
from pharmatrace.kernel.tlog.tree import node_hash

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Step:
    """The sibling's hash and the side on which the sibling stands."""

    side: Side
    digest: bytes


def fact_paths(leaves: Sequence[bytes], indexes: Iterable[int]) -> dict[int, tuple[Step, ...]]:
    """Paths of the facts at these indexes, lowest step first. Raises ValueError if one is missing."""
    paths = inclusion_paths(leaves, indexes)
    return {index: _with_sides(index, len(leaves), path) for index, path in paths.items()}


def root_from_steps(leaf: bytes, steps: Iterable[Step]) -> bytes:
    """The root that a fact's leaf hash and its path lead to."""
    digest = leaf
    for step in steps:
        left = step.side == "left"
        digest = node_hash(step.digest, digest) if left else node_hash(digest, step.digest)
    return digest


def _with_sides(index: int, size: int, path: Iterable[bytes]) -> tuple[Step, ...]:
    steps, position, last = [], index, size - 1
    for digest in path:
        while not position & 1 and position == last:  # no sibling on this level
            position, last = position >> 1, last >> 1
        steps.append(Step("left" if position & 1 else "right", digest))
        position, last = position >> 1, last >> 1
    return tuple(steps)
