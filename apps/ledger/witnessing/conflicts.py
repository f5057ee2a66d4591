"""Conflicts: a witness that is elsewhere, or knows another tree. Either no wonder, or an alarm."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from apps.ledger.log_keys import log_keys
from apps.ledger.models import Checkpoint
from apps.ledger.shards import first_of_origin
from apps.ledger.witnessing import client
from apps.ledger.witnessing.alarms import Kind, raise_alarm
from apps.ledger.witnessing.client import NoReply
from apps.ledger.witnessing.judging import AnotherHistory, Elsewhere, proven_tree
from apps.ledger.witnessing.policy_file import Asked
from apps.ledger.witnessing.recording import record_failure, record_size
from pharmatrace.kernel.tlog.checkpoint import Checkpoint as Tree
from pharmatrace.kernel.tlog.witness_protocol import origin_hash


def conflict(
    asked: Asked, worth: Elsewhere | AnotherHistory, checkpoint: Checkpoint, *, at: datetime
) -> None:
    """Remembers the witness's size where another process of ours brought it there; else fails or alarms."""
    if isinstance(worth, AnotherHistory):
        sentence = (
            f"The witness {asked.url} says that our checkpoint of {checkpoint.tree_size} entries does not follow from"
            " what we told it before: somebody has shown it another history of this log."
        )
        _alarm(Kind.OTHER_HISTORY, asked, sentence, checkpoint.size, at)
    elif worth.size is None:
        sentence = (
            f"The witness {asked.url} is in conflict with our checkpoint of {checkpoint.tree_size} entries and does"
            " not say which one it knows."
        )
        _alarm(Kind.UNEXPLAINED, asked, sentence, None, at)
    elif worth.size <= checkpoint.tree_size:
        record_failure(asked, "it says another size each time it is asked", at=at)
    elif Checkpoint.objects.filter(
        size=checkpoint.first + worth.size, first=checkpoint.first
    ).exists():
        record_size(asked, checkpoint.first + worth.size, at=at)
    else:
        sentence = (
            f"The witness {asked.url} says that it has cosigned {worth.size} entries of this log, and this"
            f" database never signed a checkpoint of that size; the newest has {checkpoint.tree_size}. The database"
            " is a restored backup, or somebody else signs with the key of this log."
        )
        _alarm(Kind.AHEAD, asked, sentence, checkpoint.first + worth.size, at)


def _alarm(kind: Kind, asked: Asked, sentence: str, size: int | None, at: datetime) -> None:
    proven = proof_from(asked)
    if proven is not None:
        sentence += f" It proves it with a checkpoint of {proven[0].size} entries that this log's own key has signed."
    raise_alarm(kind, url=asked.url, sentence=sentence, size=size, proven=proven, at=at)
    record_failure(asked, sentence, at=at)


def proof_from(asked: Asked) -> tuple[Tree, str] | None:
    """What the witness keeps of us, where it tells it under the same prefix, if our key signed it and this
    database does not know it."""
    keys = log_keys()
    url = f"{asked.url}{origin_hash(keys.first.name)}/checkpoint"
    try:
        reply = client.get(url, seconds=settings.WITNESS_SECONDS)
    except NoReply:
        return None
    proven = proven_tree(reply.body, keys.all) if reply.status == 200 else None
    if proven is None:
        return None
    tree = proven[0]
    first = first_of_origin(tree.origin)
    rows = Checkpoint.objects.filter(size=first + tree.size, first=first)
    known = rows.values_list("root", flat=True).first()
    return None if known is not None and bytes(known) == tree.root else proven
