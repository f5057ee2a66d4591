"""The journal file: JSON lines {size, root, note, at}, appended, synced, never rewritten."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from apps.ledger.guard import SealingStopped
from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import NoteError, split_note

log = structlog.get_logger(__name__)
BLOCK = 1 << 16


class JournalDamaged(SealingStopped):
    """The journal holds something that is not a line of ours. Nobody but a person can say why."""


class JournalUnwritable(SealingStopped):
    """A published checkpoint cannot be written down. Somebody has to make room, or give the right."""


@dataclass(frozen=True, slots=True)
class Line:
    """One published checkpoint. `note` is the signed text, `at` when it was signed; `size` is that in the note, and
    `first` the number of the first entry of its shard over all shards."""

    size: int
    root: bytes
    note: str
    at: datetime
    first: int = 0

    @property
    def reach(self) -> int:
        """How many entries there are up to it, over all shards."""
        return self.first + self.size

    @property
    def origin(self) -> str:
        return self.note.split("\n", 1)[0]

    def encode(self) -> bytes:
        fields = {
            "size": self.size,
            "root": self.root.hex(),
            "note": self.note,
            "at": self.at.isoformat(),
        } | ({"first": self.first} if self.first else {})
        return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


class Journal:
    """The journal at `path`; the file and its folder are made when the first line is written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, line: Line) -> bool:
        """Adds the line durably: it is on the disk when this returns. False if it is there already.

        Processes that append take turns (flock). What a crash left of an unfinished line is cut away first:
        its checkpoint has no row yet and comes again. Behind a line of a smaller tree the largest one is
        written again, so that it stays among the last lines, where the guard looks. Raises JournalDamaged,
        OSError.
        """
        with self._locked() as descriptor:
            tail = self.tail()
            if any(known.size == line.size and known.note == line.note for known in tail):
                return False
            if self._ends_inside_a_line(descriptor):
                os.ftruncate(descriptor, self._end_of_last_line())
            added = line.encode()
            largest = max(tail, key=lambda known: known.reach, default=line)
            if largest.reach > line.reach:
                added += largest.encode()
            if os.write(descriptor, added) != len(added):
                raise OSError(f"{self.path}: a line was only written in part")
            os.fsync(descriptor)
        return True

    def lines(self) -> Iterator[Line]:
        """Every line from the first. Raises JournalDamaged; a line cut off at the end is left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.endswith(b"\n"):
                    log.warning("journal_line_cut_off", path=str(self.path), line=number)
                    return
                yield self._read(raw, f"line {number}")

    def identity(self) -> str | None:
        """Tells one journal from another: this machine's name and SHA-256 of the first line. None for an
        empty one. Two machines may begin with the same line, and machines may be given the same name."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            first = file.readline()
        if not first.endswith(b"\n"):
            return None
        return f"{socket.gethostname()} {hashlib.sha256(first).hexdigest()}"

    def largest(self) -> Line | None:
        """The line with the largest tree; None for an empty journal. It is always among the last (`append`)."""
        return max(self.tail(), key=lambda line: line.reach, default=None)

    def tail(self) -> list[Line]:
        """The last lines, some dozens at least if there are as many. Raises JournalDamaged."""
        if not self.path.exists():
            return []
        size = self.path.stat().st_size
        start = max(0, size - BLOCK)
        with self.path.open("rb") as file:
            file.seek(start)
            block = file.read()
        if start:
            block = block.partition(b"\n")[2]
        *whole, rest = block.split(b"\n")
        if rest:
            log.warning("journal_line_cut_off", path=str(self.path), bytes=len(rest))
        return [self._read(raw, "one of the last lines") for raw in whole]

    def _read(self, raw: bytes, where: str) -> Line:
        try:
            fields = json.loads(raw)
            line = Line(
                size=int(fields["size"]),
                root=bytes.fromhex(fields["root"]),
                note=fields["note"],
                at=datetime.fromisoformat(fields["at"]),
                first=int(fields.get("first", 0)),
            )
            told = parse_checkpoint(split_note(line.note)[0])
        except (ValueError, KeyError, TypeError, NoteError, CheckpointError) as error:
            raise JournalDamaged(
                f"{self.path}: {where} cannot be read ({error}). Nothing is sealed until a person has"
                " looked at it: compare with a copy of the journal, and keep this one."
            ) from error
        if (told.size, told.root) != (line.size, line.root):
            raise JournalDamaged(f"{self.path}: {where} says another tree than the note in it.")
        return line

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if new:
                _sync_folder(self.path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _ends_inside_a_line(self, descriptor: int) -> bool:
        size = os.fstat(descriptor).st_size
        return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"

    def _end_of_last_line(self) -> int:
        data = self.path.read_bytes()
        return data.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
