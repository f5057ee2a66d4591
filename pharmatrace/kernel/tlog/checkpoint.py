"""Checkpoints: what a log signs about itself (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pharmatrace.kernel.tlog.base64text import from_base64, to_base64
from pharmatrace.kernel.tlog.tree import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class CheckpointError(Exception):
    """The text is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root hash of the log named `origin` when it had `size` entries."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text, with its final newline. Raises CheckpointError if it cannot be written."""
        lines = [self.origin, str(self.size), to_base64(self.root), *self.extensions]
        text = "".join(f"{line}\n" for line in lines)
        parse_checkpoint(text)
        return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Reads the text of a note. Raises CheckpointError for anything but the one spelling."""
    if not text.endswith("\n"):
        raise CheckpointError("a checkpoint ends in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointError("a checkpoint is at least three lines, and none is empty")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) >= 1 << 63:
        raise CheckpointError("the tree size of the checkpoint is no whole number in its one form")
    try:
        digest = from_base64(root)
    except ValueError:
        raise CheckpointError("the root hash of the checkpoint is not base64") from None
    if len(digest) != HASH_SIZE:
        raise CheckpointError("the root hash of the checkpoint is not 32 bytes")
    return Checkpoint(origin, int(size), digest, tuple(extensions))
