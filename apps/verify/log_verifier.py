"""The public half of the log's key and those of its witnesses: what readers check checkpoints with.

The log's stands in the log's first entry. The private half is the sealer's alone; no web process reads it.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.db import connection

from apps.ledger.log_keys import log_keys
from apps.ledger.shards import first_of_origin
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier, split_note


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

    Raises NoteError for what is no checkpoint, and what `log_keys` raises. Remembered under the database and
    under the keys that the note says it is signed with, so that another log is never checked with this key, nor a
    checkpoint that is signed with the next key with the ones before.
    """
    text, signatures = split_note(note)
    try:
        told = parse_checkpoint(text)
    except CheckpointError as fault:
        raise NoteError(str(fault)) from None
    named = tuple((found.name, found.key_id) for found in signatures)
    return _remembered(str(connection.settings_dict["NAME"]), told.origin, named).at(told.size)


@lru_cache(maxsize=64)
def _remembered(database: str, origin: str, named: tuple[tuple[str, bytes], ...]) -> LogKeys:
    return log_keys(first=first_of_origin(origin) if origin != settings.LOG_ORIGIN else 0)
