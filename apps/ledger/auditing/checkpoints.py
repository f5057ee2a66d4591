"""Every checkpoint ever signed, beside the tree as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from apps.ledger.auditing.streams import Ordered, stream
from apps.ledger.audits import Finding
from apps.ledger.log_keys import log_keys
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError


class Stored(NamedTuple):
    """A row of the table."""

    root: bytes
    note: str


class SignedHeads:
    """The checkpoints of more than `after` and up to `head_size` entries in order, and what is wrong with
    them. Sizes are those of the tree of the shard that begins at `first`; places name the numbers over all."""

    def __init__(self, origin: str, head_size: int, *, after: int = 0, first: int = 0) -> None:
        self.origin = origin
        self.head_size = head_size
        self.first = first
        self.keys, self.problem = _log_keys(first)
        self.later_ones = 0  # with another root, after the first such one
        self.first_other: int | None = None
        self._rows = Ordered(
            (size - first, Stored(bytes(root), note))
            for size, root, note in stream(
                "SELECT size, root, note FROM ledger_checkpoint WHERE size > %s AND size <= %s"
                " ORDER BY size",
                [first + after, first + head_size],
                chunk=1_000,
            )
        )

    def up_to(self, size: int) -> Iterator[tuple[int, Stored]]:
        """The next checkpoints, up to this size."""
        return self._rows.up_to(size)

    def compare(self, size: int, stored: Stored, root: bytes | None) -> Iterator[Finding]:
        """`root` is that of the first `size` entries as they are now, None if that is unknown."""
        yield from self._note(size, stored)
        if root is None or stored.root == root:
            return
        if self.first_other is None:
            self.first_other = size
            yield Finding(
                f"checkpoint {self.first + size}",
                f"Its root is not that of the first {size} entries.",
            )
        else:
            self.later_ones += 1

    def end(self) -> Iterator[Finding]:
        """What is left to say once the whole log was walked."""
        for size, stored in self._rows.up_to(self.head_size):
            yield from self._note(size, stored)
        if self.first_other is not None and self.later_ones:
            yield Finding(
                f"checkpoints after {self.first + self.first_other}",
                f"{self.later_ones} later ones have other roots than the entries, too.",
            )
        if self.problem:
            yield Finding(f"entry {self.first}", self.problem)

    def _note(self, size: int, stored: Stored) -> Iterator[Finding]:
        try:
            if self.keys is not None:
                _, told = self.keys.open(stored.note)
                if told != Checkpoint(self.origin, size, stored.root):
                    yield Finding(
                        f"checkpoint {self.first + size}", "Its row and its signed text differ."
                    )
        except (NoteError, CheckpointError) as wrong:
            yield Finding(f"checkpoint {self.first + size}", f"Its note does not hold: {wrong}.")


def _log_keys(first: int) -> tuple[LogKeys | None, str]:
    """The key that the genesis names, and those named after it."""
    try:
        return log_keys(first=first), ""
    except Exception as fault:  # whatever happened to the genesis, it is a finding
        return None, f"The genesis names no log key that can be read: {fault!r}."
