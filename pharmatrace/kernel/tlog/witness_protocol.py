"""How a witness is asked, and what it answers (C2SP tlog-witness): `add-checkpoint`, without network.

A request is read (`read_request`), its checkpoint opened with the keys known for its origin
(`open_request`), and what the witness remembers decides (`advance`). The caller does the last step and
the storing of its result as one atomic step, then cosigns. Each step raises `Refusal`, which is the
answer to send.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pharmatrace.kernel.tlog.base64text import from_base64, to_base64
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import (
    NoteError,
    NoteSigner,
    NoteVerifier,
    open_note,
    signature_line,
    split_note,
)
from pharmatrace.kernel.tlog.proofs import ProofError, check_consistency
from pharmatrace.kernel.tlog.tree import HASH_SIZE, empty_root

MAX_PROOF = 63
MAX_REQUEST = 1 << 17
"""Bytes of the largest request that is read: 16 signatures of 5 kB, a proof, and room."""

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_SIZE_BODY = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class Refusal(Exception):
    """The answer of a witness that does not cosign: HTTP status, content type and body."""

    def __init__(self, status: int, sentence: str, *, size: int | None = None) -> None:
        self.status = status
        self.sentence = sentence
        self.content_type = TEXT_TYPE if size is None else SIZE_TYPE
        self.body = f"{sentence}\n".encode() if size is None else f"{size}\n".encode()
        super().__init__(f"{status}: {sentence}")


@dataclass(frozen=True, slots=True)
class Request:
    """`note` is the checkpoint as the log signed it, `proof` leads to it from `old` entries."""

    old: int
    proof: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A request whose checkpoint a known key of its log has signed; `note` has only such signatures."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """The latest tree that a witness cosigned for a log."""

    size: int = 0
    root: bytes = empty_root


def write_request(request: Request) -> bytes:
    """The body to POST to `<prefix>/add-checkpoint`."""
    lines = [f"old {request.old}", *(to_base64(digest) for digest in request.proof)]
    return ("\n".join(lines) + "\n\n" + request.note).encode()


def read_request(body: bytes) -> Request:
    """Reads the body; nothing in it is verified by that. Raises Refusal (413, 400)."""
    if len(body) > MAX_REQUEST:
        raise Refusal(413, f"The request has more than {MAX_REQUEST} bytes.")
    try:
        head, gap, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Refusal(400, "The request is not valid UTF-8.") from None
    first, *hashes = head.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or int(old[1]) >= 1 << 63:
        raise Refusal(400, "The first line is not old, a space and a whole number.")
    if not gap:
        raise Refusal(400, "There is no empty line before the checkpoint.")
    if len(hashes) > MAX_PROOF:
        raise Refusal(400, f"The proof has more than {MAX_PROOF} lines.")
    try:
        proof = tuple(from_base64(line) for line in hashes)
    except ValueError:
        raise Refusal(400, "A line of the proof is not base64.") from None
    if any(len(digest) != HASH_SIZE for digest in proof):
        raise Refusal(400, "A hash of the proof is not 32 bytes.")
    return Request(int(old[1]), proof, note)


def open_request(request: Request, keys_of: Callable[[str], Sequence[NoteVerifier]]) -> Opened:
    """The checkpoint, when a known key of its origin signed it and none of them wrongly.

    `keys_of(origin)` is empty for an unknown log. Raises Refusal (400, 404, 403).
    """
    try:
        text, _ = split_note(request.note)
        checkpoint = parse_checkpoint(text)
    except (NoteError, CheckpointError) as fault:
        raise Refusal(400, f"The checkpoint cannot be read: {fault}.") from None
    keys = keys_of(checkpoint.origin)
    if not keys:
        raise Refusal(404, "This witness does not know the log.")
    try:
        opened = open_note(request.note, keys)
    except NoteError as fault:
        raise Refusal(403, f"The checkpoint is not signed as it must be: {fault}.") from None
    note = f"{text}\n" + "".join(signature.line for signature in opened.verified)
    return Opened(request.old, request.proof, checkpoint, text, note)


def advance(opened: Opened, remembered: Remembered) -> Remembered:
    """What the witness is to remember, stored before it answers. Raises Refusal (400, 409, 422)."""
    new = opened.checkpoint
    if opened.old > new.size:
        raise Refusal(400, "The old size is larger than the checkpoint's.")
    if opened.old != remembered.size:
        raise Refusal(
            409,
            f"The latest cosigned checkpoint has {remembered.size} entries, not {opened.old}.",
            size=remembered.size,
        )
    if new.size == 0 and new.root != empty_root:
        raise Refusal(422, "An empty tree has another root.")
    if opened.old == 0:
        if opened.proof:
            raise Refusal(422, "From the empty tree there is nothing to prove.")
        return Remembered(new.size, new.root)
    try:
        check_consistency(
            old_root=remembered.root,
            old_size=remembered.size,
            new_root=new.root,
            new_size=new.size,
            path=opened.proof,
        )
    except ProofError as fault:
        raise Refusal(
            422, f"The tree does not follow from the one cosigned last: {fault}."
        ) from None
    return Remembered(new.size, new.root)


def cosign(opened: Opened, cosigners: Sequence[NoteSigner]) -> str:
    """The signature lines to answer with, status 200."""
    return "".join(signature_line(opened.text, cosigner) for cosigner in cosigners)


def read_conflict(content_type: str, body: bytes) -> int | None:
    """The size in a 409 answer; None when it is not told as the protocol wants it."""
    found = _SIZE_BODY.fullmatch(body)
    if found is None or content_type.partition(";")[0].strip().lower() != SIZE_TYPE:
        return None
    size = int(found[1])
    return size if size < 1 << 63 else None


def origin_hash(origin: str) -> str:
    """How a log is named below the monitoring prefix: SHA-256 of its origin, lowercase hex."""
    return sha256(origin.encode()).hexdigest()
