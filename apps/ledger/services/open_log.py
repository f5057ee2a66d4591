"""open_log: the genesis entry, sealed at once, and the first checkpoint."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from apps.ledger import guard
from apps.ledger.copying import copy_rows
from apps.ledger.guard import SealingStopped
from apps.ledger.issuer import issuer
from apps.ledger.log_key import make_log_key
from apps.ledger.models import Checkpoint, Head, Shard
from apps.ledger.services.append import store
from apps.ledger.services.genesis import genesis
from apps.ledger.services.publish import publish
from apps.ledger.services.sign import Signed
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.tlog import checkpoint as tree_head
from pharmatrace.kernel.tlog.note import NoteError, split_note
from pharmatrace.kernel.tlog.tree import CompactRange, empty_root, leaf_hash


class OtherLog(SealingStopped):
    """The database holds the log of another origin than the settings name."""


def open_log(*, at: datetime) -> Checkpoint | None:
    """Makes sure that the log has its first entry and a checkpoint; does nothing where it has.

    Statements that were appended before wait in the queue and come after the genesis. Returns the
    checkpoint it signed, if it did. Raises `Behind`, `LogKeyFault` or `OtherLog` with an instruction.
    Call it outside any transaction: a checkpoint speaks of what is committed.
    """
    head = Head.objects.first()
    if head is None:
        guard.check(origin=settings.LOG_ORIGIN, size=0, root_at=lambda _: empty_root)
        head = _begin(at)
    check_origin(head)
    return publish(head, at=at)


def check_origin(head: Head) -> None:
    origin = head.origin
    if head.first:
        origin = Shard.objects.values_list("origin", flat=True).get(number=0)
    if origin != settings.LOG_ORIGIN:
        raise OtherLog(
            f"This database holds the log {origin}, and LOG_ORIGIN is {settings.LOG_ORIGIN}. An origin"
            " is signed into every checkpoint and never changes: set LOG_ORIGIN back."
        )


def _begin(at: datetime) -> Head:
    origin = settings.LOG_ORIGIN
    log_key = make_log_key(origin).verifier.vkey()
    with transaction.atomic(durable=True):
        first = genesis(
            origin=origin,
            log_key=log_key,
            registrar=registrar_signer(),
            iss=issuer(),
            at=at,
            predecessor=_predecessor(origin),
        )
        # Two processes may open at once: the second waits here for the first, and then does nothing.
        if _insert_head(origin, first, at):
            _seal_genesis(first)
    return Head.objects.get()


def _predecessor(origin: str) -> tree_head.Checkpoint | None:
    """The final checkpoint of the log that this one goes on from, where LOG_PREDECESSOR_FILE names one."""
    name = settings.LOG_PREDECESSOR_FILE
    if not name:
        return None
    try:
        found = tree_head.parse_checkpoint(split_note(Path(name).read_text())[0])
    except (OSError, UnicodeDecodeError, NoteError, tree_head.CheckpointError) as error:
        raise OtherLog(
            f"LOG_PREDECESSOR_FILE, {name}, holds no checkpoint ({error}). It is the final checkpoint of the"
            " log before this one: /log/checkpoint there."
        ) from error
    if found.origin == origin:
        raise OtherLog(
            f"The final checkpoint in {name} is of {origin} itself. A successor has an origin of its own."
        )
    return found


def _insert_head(origin: str, first: Signed, at: datetime) -> bool:
    tree = CompactRange()
    tree.append(leaf_hash(first.entry))
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO ledger_head (id, origin, "first", size, "range", root, advanced_at)'
            " VALUES (1, %s, 0, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [origin, tree.size, tree.to_bytes(), tree.root(), at],
        )
        if cursor.rowcount != 1:
            return False
    Shard.objects.create(number=0, name=0, origin=origin, first=0, opened_at=at)
    return True


def _seal_genesis(first: Signed) -> None:
    (statement,) = store([first])
    copy_rows(
        "ledger_entry",
        ("index", "data", "leaf", "statement_id"),
        [(0, first.entry, leaf_hash(first.entry), statement)],
    )
