"""What a witness does with a request. The store makes checking and storing one step; the kernel decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pharmatrace.kernel.tlog.log_keys import read_succession, split_succession
from pharmatrace.kernel.tlog.note import NoteError, Verifier
from pharmatrace.kernel.tlog.verifier_keys import LogKey
from pharmatrace.kernel.tlog.witness_protocol import (
    TEXT_TYPE,
    Refusal,
    Remembered,
    advance,
    cosign,
    open_request,
    read_request,
)
from pharmatrace.witness.keys import WitnessKeys


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `told` is for the witness's own log."""

    status: int
    content_type: str
    body: bytes
    told: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What is stored: the tree, and its checkpoint with the log's signatures and ours."""

    tree: Remembered
    note: str
    lines: str
    at: datetime


Step = Callable[[Remembered], Cosigned]


class Store(Protocol):
    """Remembers one checkpoint for each log that it was told to know."""

    def keys_of(self, origin: str) -> Sequence[LogKey]:
        """The keys known for a log; none for an unknown one."""
        ...

    def exchange(self, origin: str, step: Step) -> Cosigned:
        """Gives `step` what is remembered of the log and stores what it returns, on the disk when this
        returns, while nobody else can do either. What `step` raises leaves everything as it was."""
        ...

    def replace_key(self, origin: str, old: str, new: str) -> None:
        """Knows the log by the verifier key `new` from now on, and by `old` no more. Nothing changes where `old` is
        not known (any more)."""
        ...

    def latest(self, origin_hash: str) -> str | None:
        """The checkpoint cosigned last for the log with this hash of its origin."""
        ...


def add_checkpoint(
    body: bytes, *, store: Store, keys: WitnessKeys, clock: Callable[[], datetime]
) -> Answer:
    """Answers `add-checkpoint`: 200 with our cosignatures, or a refusal of the specification.

    The clock is asked inside the store's step: a cosignature says what was the newest tree at its time.
    """
    try:
        opened = open_request(read_request(body), store.keys_of)

        def step(remembered: Remembered) -> Cosigned:
            tree, at = advance(opened, remembered), clock()
            lines = cosign(opened, keys.cosigners(at))
            return Cosigned(tree, opened.note + lines, lines, at)

        done = store.exchange(opened.checkpoint.origin, step)
    except Refusal as refusal:
        return Answer(refusal.status, refusal.content_type, refusal.body, refusal.sentence)
    told = f"cosigned {opened.checkpoint.origin!r} at {done.tree.size} entries"
    return Answer(200, TEXT_TYPE, done.lines.encode(), told)


def add_key(body: bytes, *, store: Store) -> Answer:
    """Answers `add-key`, which is ours and not of C2SP: a log replaces its key. The body is the note with which the old
    key names the new one; from then on only the new one counts.

    200 also where it was done before; 400 for what is no such note, 404 for an unknown log, 403 where none of the
    keys known for it signed the note.
    """
    try:
        origin, vkey = split_succession(body)
        new = Verifier.parse(vkey).vkey()
    except NoteError as fault:
        return _told(400, f"It cannot be read: {fault}.")
    keys = store.keys_of(origin)
    if not keys:
        return _told(404, "This witness does not know the log.")
    for old in keys:  # also where the next one is known already: the old one must go
        try:
            read_succession(body, old, origin)
        except NoteError:
            continue
        store.replace_key(origin, old.vkey(), new)
        return _told(200, f"{origin!r} is known by its next key from now on.")
    if any(isinstance(key, Verifier) and key.vkey() == new for key in keys):
        return _told(200, "This key is known.")
    return _told(403, "None of the keys that are known for this log signed it.")


def latest_checkpoint(origin_hash: str, *, store: Store) -> Answer:
    """Answers `<origin hash>/checkpoint`: what was cosigned last, or 404."""
    note = store.latest(origin_hash)
    if note is None:
        return _told(404, "This witness has cosigned no checkpoint of such a log.")
    return Answer(200, TEXT_TYPE, note.encode(), "told what was cosigned last")


def _told(status: int, sentence: str) -> Answer:
    return Answer(status, TEXT_TYPE, f"{sentence}\n".encode(), sentence)
