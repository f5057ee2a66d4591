"""Which log a verifier key is for, and whether a witness can cosign it."""

from __future__ import annotations

from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError
from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.subtree_cosignature import MAX_NAME
from pharmatrace.kernel.tlog.tree import empty_root
from pharmatrace.kernel.tlog.verifier_keys import parse_log_key


class NotALog(ValueError):
    """This key, or this origin, is none of a log that can be witnessed. The sentence says why."""


def log_and_key(vkey: str, origin: str | None = None) -> tuple[str, str]:
    """Origin and verifier key, each checked; the origin is the key's name unless it is given. Raises NotALog."""
    try:
        key = parse_log_key(vkey.strip())
        origin = key.name if origin is None else origin
        Checkpoint(origin, 0, empty_root).text()
        size = len(origin.encode())
    except (NoteError, CheckpointError, UnicodeEncodeError) as fault:
        raise NotALog(f"{fault}.") from None
    if size > MAX_NAME or any(char < " " for char in origin):
        raise NotALog(f"An origin has at most {MAX_NAME} bytes, and no control character.")
    return origin, key.vkey()
