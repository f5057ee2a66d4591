"""The public half of the log's key and those of its witnesses: what readers check checkpoints with.

The log's stands in the log's first entry. The private half is the sealer's alone; no web process reads it.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.db import connection

from apps.ledger.selectors import log_verifier
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.kernel.tlog.note import Verifier, split_note

__all__ = ["log_verifier", "verifier_for", "witness_keys"]


def witness_keys(note: str) -> tuple[str, ...]:
    """The verifier keys of the witnesses of this installation's policy that cosigned a checkpoint: those whose
    lines it has. Raises NoteError for what is no note."""
    try:
        witnesses = witness_policy().witnesses
    except PolicyFault:
        return ()  # said where checkpoints are published; old ones are still good
    lines = {(one.name, one.key_id) for one in split_note(note)[1]}
    return tuple(w.key.vkey() for w in witnesses if (w.key.name, w.key.key_id) in lines)


def verifier_for(note: str) -> Verifier:
    """The key to check this checkpoint with. One query for each key a process meets, then none.

    Raises NoteError for what is no note, and what `log_verifier` raises. Remembered under the database and
    under the key that the note says it is signed with, so that another log is never checked with this key.
    """
    named = tuple((found.name, found.key_id) for found in split_note(note)[1])
    return _remembered(str(connection.settings_dict["NAME"]), settings.LOG_ORIGIN, named)


@lru_cache(maxsize=64)
def _remembered(database: str, origin: str, named: tuple[tuple[str, bytes], ...]) -> Verifier:
    return log_verifier()
