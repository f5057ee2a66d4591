"""What a witness's answer is worth. No network, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.ledger.witnessing.client import Reply
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import cosigned_at
from pharmatrace.kernel.tlog.note import (
    NoteError,
    NoteSignature,
    NoteVerifier,
    Verifier,
    open_note,
)
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey
from pharmatrace.kernel.tlog.witness_protocol import read_conflict

CLOCK_SKEW = 300
"""Seconds that a witness's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Verified cosignatures of this witness, at least one."""

    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """409: the last one it cosigned has `size` entries; None where it does not say so properly."""

    size: int | None


@dataclass(frozen=True, slots=True)
class AnotherHistory:
    """422: the tree does not follow from the one it knows."""


@dataclass(frozen=True, slots=True)
class Useless:
    """No cosignature: the sentence goes on after the name of the witness."""

    sentence: str


Worth = Cosigned | Elsewhere | AnotherHistory | Useless
_REFUSED = {
    400: "does not understand the request",
    403: "does not accept the log's key: its operator has to be given the right one",
    404: "does not know this log: its operator has to add it",
}


def judge(reply: Reply, *, note: str, keys: Sequence[WitnessKey], now: int) -> Worth:
    """`note` is the checkpoint as sent, `keys` those of the witness; `now` in seconds since 1970."""
    if reply.status == 409:
        return Elsewhere(read_conflict(reply.content_type, reply.body))
    if reply.status == 422:
        return AnotherHistory()
    if reply.status != 200:
        return Useless(_REFUSED.get(reply.status, f"answers with status {reply.status}"))
    try:
        opened = open_note(note.encode() + reply.body, keys)
    except NoteError as fault:
        return Useless(f"sends no good cosignature: {fault}")
    if any(not 0 < cosigned_at(one) <= now + CLOCK_SKEW for one in opened.verified):
        return Useless("cosigns with a time that is not now; look at its clock and at ours")
    return Cosigned(opened.verified)


def proven_tree(note: bytes, keys: Sequence[Verifier]) -> tuple[Checkpoint, str] | None:
    """The tree in a checkpoint that a witness keeps, if a key of our log signed it, be it one that was replaced;
    with the note to keep."""
    try:
        opened = open_note(note, keys)
        told = parse_checkpoint(opened.text)
    except (NoteError, CheckpointError):
        return None
    if told.origin != keys[0].name:
        return None
    return told, note.decode()


def names(keys: Sequence[NoteVerifier]) -> str:
    """The names behind an address, for people."""
    return ", ".join(sorted({key.name for key in keys}))
