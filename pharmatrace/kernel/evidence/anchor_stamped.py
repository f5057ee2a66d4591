"""What exactly is told outside of a checkpoint, so that anybody can make the same bytes again."""

from __future__ import annotations

from pharmatrace.kernel.tlog.note import NoteVerifier, open_note


class AnchorError(Exception):
    """A time-stamp token, a proof or a receipt does not say what it should."""


class Unconfirmed(AnchorError):
    """It says what it should, but whether that is true cannot be seen from it and what the reader gave."""


def stamped(note: str, log: NoteVerifier) -> bytes:
    """The checkpoint as the log alone signed it: the note's text, an empty line, the log's signature line.

    Cosignatures are left out: a checkpoint is the same one whoever cosigned it, and more may do so later.
    The log's signature is in: so what is dated is that the log stood for it. Raises NoteError.
    """
    opened = open_note(note, [log])
    return f"{opened.text}\n{opened.verified[0].line}".encode()
