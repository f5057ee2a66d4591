"""turn_log: the running shard ends with its newest checkpoint, and the next one goes on from it.

Nothing but one transaction changes anything: before it the old shard runs, after it the new one, whose checkpoint the
next sealing signs if this process does not live to. So it may be cut off anywhere and called again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction

from apps.ledger import guard
from apps.ledger.copying import copy_rows
from apps.ledger.issuer import issuer
from apps.ledger.log_key import log_signer_named
from apps.ledger.models import Checkpoint, Head, Pending, Publication, Shard
from apps.ledger.services.append import store
from apps.ledger.services.genesis import genesis
from apps.ledger.services.publish import log_signer, publish
from apps.ledger.services.seal import check_head, seal
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.policy_file import witness_policy
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog import checkpoint as tree_head
from pharmatrace.kernel.tlog.note import NoteError, Signer, check_key_name
from pharmatrace.kernel.tlog.tree import CompactRange, leaf_hash

YEARS = range(1970, 10_000)
PASSES = 20


def origin_of_year(year: int) -> str:
    """The first shard's origin, and the year below it."""
    return f"{settings.LOG_ORIGIN}/{year}"


def next_vkey(origin: str) -> str:
    """The verifier key that the shard of this origin will begin with: the log's own, under that name."""
    return _next_signer(origin).verifier.vkey()


def turn_log(*, origin: str, at: datetime) -> Checkpoint | None:
    """Makes the shard of this origin the running one; returns its first checkpoint if this call signed it.

    What waits is sealed into the old shard first. The old one ends with a published checkpoint: where witnesses are
    asked, they are asked, and as long as too few have cosigned nothing is turned. Does nothing where that shard runs
    already. Raises Refused (`no_log`, `origin`, `origin_known`, `not_in_policy`, `not_published`) and SealingStopped.
    Call it outside any transaction.
    """
    _check(origin)
    for _ in range(PASSES):  # where more comes all the time, the rest goes into the next shard
        seal(at=at)
        if not Pending.objects.exists():
            break
    ask_witnesses(clock=lambda: at)
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().get()
        if head.origin != origin:
            _turn(head, origin, at)
    return publish(head, at=at)


def is_due(head: Head, *, at: datetime) -> bool:
    """Whether LOG_SHARDS asks for a turn now: yearly, in the first year after that of the running shard."""
    if settings.LOG_SHARDS != "yearly":
        return False
    opened = Shard.objects.filter(first=head.first).values_list("opened_at", flat=True).first()
    return opened is not None and opened.astimezone(UTC).year < at.astimezone(UTC).year


def _check(origin: str) -> None:
    head = Head.objects.first()
    if head is None:
        raise Refused.one("no_log", "There is no log here.")
    if head.origin == origin:
        return
    try:
        check_key_name(origin)
    except NoteError as fault:
        raise Refused.one("origin", f"{origin!r} is no origin: {fault}.") from None
    if len(origin) > 200:
        raise Refused.one("origin", "An origin has at most 200 characters.")
    if Shard.objects.filter(origin=origin).exists():
        raise Refused.one("origin_known", f"The shard {origin} was ended; it does not come back.")
    listed = [one.key for one in witness_policy().logs]
    if listed and (new := _next_signer(origin).verifier) not in listed:
        raise Refused.one(
            "not_in_policy",
            f"WITNESS_POLICY_FILE {settings.WITNESS_POLICY_FILE} lists logs: add the line first, beside the"
            f" present one: log {new.vkey()}",
        )


def _next_signer(origin: str) -> Signer:
    head = Head.objects.get()
    return log_signer_named(origin, log_signer(head.origin, head.size))


def _turn(head: Head, origin: str, at: datetime) -> None:
    """Under the lock of the head, which is changed to what was written."""
    check_head(head)
    if not Publication.objects.filter(checkpoint=head.size).exists():
        raise Refused.one(
            "not_published",
            f"The checkpoint of {head.size:,} entries is not published yet, and an older shard ends with a published"
            " one: too few witnesses have cosigned it. Nothing was changed; try again.",
        )
    guard.keep_up(at=at)
    final = tree_head.Checkpoint(head.origin, head.size - head.first, bytes(head.root))
    begun = genesis(
        origin=origin,
        log_key=_next_signer(origin).verifier.vkey(),
        registrar=registrar_signer(),
        iss=issuer(),
        at=at,
        predecessor=final,
        first=head.size,
    )
    number = Shard.objects.count()
    Shard.objects.create(
        number=number, name=_name(origin, number), origin=origin, first=head.size, opened_at=at
    )
    tree = CompactRange()
    tree.append(leaf_hash(begun.entry))
    (statement,) = store([begun])
    copy_rows(
        "ledger_entry",
        ("index", "data", "leaf", "statement_id"),
        [(head.size, begun.entry, leaf_hash(begun.entry), statement)],
    )
    head.origin, head.first, head.size = origin, head.size, head.size + tree.size
    head.range, head.root, head.advanced_at = tree.to_bytes(), tree.root(), at
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE ledger_head SET origin = %s, "first" = %s, size = %s, "range" = %s, root = %s,'
            " advanced_at = %s WHERE id = 1 AND size = %s",
            [origin, head.first, head.size, head.range, head.root, at, head.first],
        )
        assert cursor.rowcount == 1, "the head moved although it was locked"


def _name(origin: str, number: int) -> int:
    """The year where the origin ends in one that is not taken; else the number."""
    last = origin.rpartition("/")[2]
    if len(last) == 4 and last.isascii() and last.isdigit() and int(last) in YEARS:
        year = int(last)
        if origin == origin_of_year(year) and not Shard.objects.filter(name=year).exists():
            return year
    return number
