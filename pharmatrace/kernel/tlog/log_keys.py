"""The keys of one log: which of them signs the checkpoint of which size, and how one names the next.

A log may replace its key. Entry `i` of the log then names the new one, and every checkpoint of more than `i` entries is
signed by it; what was signed before stays as it is. The old key stands for the new one with a signed note of three
lines, which is no checkpoint, because its second line is no number:

    pharmatrace/log-key/v1
    <origin>
    <verifier key of the new key>

So whoever knows the old key can follow to the new one without asking anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import (
    Note,
    NoteError,
    NoteVerifier,
    Signer,
    Verifier,
    open_note,
    sign_note,
    split_note,
)

DOMAIN = "pharmatrace/log-key/v1"
MAX_SUCCESSION = 4_096
"""Octets of the largest succession that is read: three names of at most 255, two keys, and room."""


def sign_succession(old: Signer, new: Verifier) -> str:
    """The note by which the old key names the new one of the same log. Raises NoteError."""
    return sign_note(f"{DOMAIN}\n{old.name}\n{new.vkey()}\n", [old])


def split_succession(note: str | bytes) -> tuple[str, str]:
    """Origin and new verifier key, nothing verified. Raises NoteError."""
    if len(note) > MAX_SUCCESSION:
        raise NoteError("the succession is too large")
    lines = split_note(note)[0].split("\n")
    if len(lines) != 4 or lines[0] != DOMAIN:
        raise NoteError("the note names no key of a log")
    return lines[1], lines[2]


def read_succession(note: str | bytes, old: NoteVerifier, origin: str) -> Verifier:
    """The key that the old key of this log names. Raises NoteError."""
    named, vkey = split_succession(note)
    open_note(note, [old])
    new = Verifier.parse(vkey)
    if named != origin or new.name != old.name:
        raise NoteError(f"the note names a key of {named}, not of {origin}")
    if (new.name, new.key_id) == (old.name, old.key_id):
        raise NoteError("the key names itself")
    return new


@dataclass(frozen=True, slots=True)
class LogKeys:
    """`first` is the key that the genesis names; `later` are those named after it, each with the index of the entry
    that names it, in log order."""

    first: Verifier
    later: tuple[tuple[int, Verifier], ...] = ()

    @property
    def newest(self) -> Verifier:
        return self.later[-1][1] if self.later else self.first

    @property
    def all(self) -> tuple[Verifier, ...]:
        return (self.first, *(key for _, key in self.later))

    def at(self, size: int) -> Verifier:
        """The key that signs the checkpoint of `size` entries: the last one named among them."""
        found = self.first
        for index, key in self.later:
            if index < size:
                found = key
        return found

    def followed_by(self, index: int, note: str | bytes, *, origin: str) -> LogKeys:
        """These keys and the one that the entry at `index` names with this note. Raises NoteError."""
        if index <= (self.later[-1][0] if self.later else 0):
            raise NoteError("keys are named in the order of the log")
        new = read_succession(note, self.newest, origin)
        if any((new.name, new.key_id) == (one.name, one.key_id) for one in self.all):
            raise NoteError("a key that was replaced does not come back")
        return LogKeys(self.first, (*self.later, (index, new)))

    def open(self, note: str | bytes, more: Sequence[NoteVerifier] = ()) -> tuple[Note, Checkpoint]:
        """The note of a checkpoint that is signed by the key of its size; `more` are keys of others that may have
        signed it too. Raises NoteError, CheckpointError."""
        found = parse_checkpoint(split_note(note)[0])
        key = self.at(found.size)
        opened = open_note(note, [key, *more])
        if not any((one.name, one.key_id) == (key.name, key.key_id) for one in opened.verified):
            raise NoteError("the log did not sign it")
        if found.origin != key.name:
            raise CheckpointError(f"the checkpoint is of {found.origin}, not of {key.name}")
        return opened, found
