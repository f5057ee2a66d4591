"""What is wrong with this log, in plain words, and what to do: read-only, for `manage.py recover`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.ledger import guard
from apps.ledger.guard import Evidence, SealingStopped
from apps.ledger.log_key import LogKeyFault, next_path
from apps.ledger.log_keys import log_keys
from apps.ledger.models import Checkpoint, Entry, Freeze, Head, Pending
from apps.ledger.services.publish import log_signer
from apps.ledger.services.seal import root_at
from apps.ledger.shards import shards
from apps.parties.models import SigningKey
from apps.parties.sealing import CannotUnseal, open_private_key
from pharmatrace.kernel.tlog.note import NoteError


@dataclass(frozen=True, slots=True)
class Trouble:
    """`remedy` is what `recover` can do about it when told so: "sign" or "freeze"; "" where only people can."""

    code: str
    sentence: str
    advice: str
    remedy: str = ""


END = (
    "If there is none, this log has ended. Run `manage.py recover --freeze REASON`, keep serving what was published"
    " (`manage.py publish DIR`), and start a successor: a new LOG_ORIGIN, LOG_KEY_FILE and JOURNAL_FILE, and"
    " LOG_PREDECESSOR_FILE with the final checkpoint, to which its genesis commits."
)


def known() -> Iterator[str]:
    """Who knows what, one line each: the settings, the database, and every source outside of it."""
    head, newest = Head.objects.first(), Checkpoint.objects.order_by("-size").first()
    yield f"The settings name the log {settings.LOG_ORIGIN}."
    if head is None:
        yield "The database holds no log."
    else:
        yield f"The database holds {head.size - head.first:,} entries of {head.origin}, root {bytes(head.root).hex()}."
    if newest is not None:
        yield f"Its newest checkpoint is of {newest.tree_size:,} entries, signed {newest.signed_at.isoformat()}."
    yield from _keys_known()
    yield f"{Pending.objects.count():,} signed statements wait to be sealed."
    try:
        outside = guard.known_outside()
    except SealingStopped as stopped:
        yield f"A source outside of the database cannot be read: {stopped}"
        return
    for one in outside:
        root = one.root.hex() if one.root else "not known"
        yield f"{one.source} knows {one.size:,} entries of {one.origin}, root {root}."


def _keys_known() -> Iterator[str]:
    """What is to be said of the log's keys where it had, or is about to have, more than one."""
    try:
        keys = log_keys()
    except (Entry.DoesNotExist, NoteError):
        return
    if keys.later:
        yield f"Entry {keys.later[-1][0]:,} named the key that signs now, {keys.newest.vkey()}."
    if next_path().exists():
        yield f"Another key lies in {next_path()}: manage.py rotate_log_key goes on with it."


def troubles() -> list[Trouble]:
    """Everything that is wrong, what stops all else first. Empty when the sealer would go on."""
    head = Head.objects.first()
    ended = Freeze.objects.first()
    if ended is not None:
        return [Trouble("frozen", f"This log {ended}.", "It is served as it is. " + _SUCCESSOR)]
    found = [*_outside(head), *_keys()]
    if head is not None and not any(one.code == "other_log" for one in found):
        found += _log_key(head)
    if not found and head is not None and not Checkpoint.objects.filter(size=head.size).exists():
        found.append(
            Trouble(
                "unsigned",
                f"The first {head.size:,} entries are committed, and their checkpoint was not signed: a process"
                " ended in between.",
                "The next sealing signs it; or `manage.py recover` does now. Nothing else changes.",
                "sign",
            )
        )
    return found


_SUCCESSOR = "A successor begins with LOG_PREDECESSOR_FILE naming the final checkpoint."


def _outside(head: Head | None) -> Iterator[Trouble]:
    try:
        outside = guard.known_outside()
    except SealingStopped as stopped:
        yield Trouble(
            "source_damaged",
            str(stopped),
            "Compare with a copy of it. Do not delete it: without it a restored backup would pass unseen.",
        )
        return
    size, origin = (head.size, head.origin) if head else (0, settings.LOG_ORIGIN)
    places = {one.origin: one.first for one in shards()} or {origin: 0}
    if settings.LOG_ORIGIN not in places:
        yield Trouble(
            "other_log",
            f"The database holds the log {origin}, and LOG_ORIGIN is {settings.LOG_ORIGIN}.",
            "Set LOG_ORIGIN back, or DATABASE_URL to the database of this log. Nothing is lost.",
        )
    for one in outside:
        yield from _beside(one, head, size=size, origin=origin, places=places)


def _beside(
    one: Evidence, head: Head | None, *, size: int, origin: str, places: Mapping[str, int]
) -> Iterator[Trouble]:
    there = places.get(one.origin, 0) + one.size
    if one.origin not in places:
        yield Trouble(
            "other_log",
            f"{one.source} is of {one.origin}, and the database of {origin}.",
            "Point JOURNAL_FILE to the journal of this log, or DATABASE_URL to its database.",
        )
    elif size < there:
        yield Trouble(
            "restored_backup",
            f"{one.source} knows {one.size:,} entries, and the database has {size:,}: it is a backup that was"
            f" restored, and the last {there - size:,} entries are not in it.",
            f"Restore a backup, or a replica, with at least {one.size:,} entries; point-in-time recovery reaches it"
            " where the write-ahead log was kept. Until then capture goes on and what is signed waits. "
            + END,
        )
    elif head is not None and one.root is not None and root_at(head, there) != one.root:
        yield Trouble(
            "forked",
            f"{one.source} knows another tree of {one.size:,} entries than this database has: there are two"
            " histories of one log.",
            "Find the database whose tree of that size has the root above, and compare `manage.py audit` of both."
            " Never seal the other. " + END,
            "freeze",
        )


def _keys() -> Iterator[Trouble]:
    """The registrar's key, and with it every sealed key, opens with the key-encryption key."""
    row = SigningKey.objects.filter(purpose=SigningKey.Purpose.REGISTRAR).first()
    if row is None:
        return
    try:
        open_private_key(bytes(row.sealed_private_key), kid=bytes(row.pk))
    except (CannotUnseal, ImproperlyConfigured) as fault:
        yield Trouble(
            "keys_sealed",
            f"The signing keys in the database do not open: {fault}.",
            "Put KEY_ENCRYPTION_KEY back from its backup. Until then nothing is signed, and nothing can be captured;"
            " reading, proving and verifying go on. Without it the registrar can name no new keys: "
            + END,
        )


def _log_key(head: Head) -> Iterator[Trouble]:
    try:
        log_signer(head.origin, head.size)
    except LogKeyFault as fault:
        yield Trouble(
            "log_key",
            str(fault),
            "Put the key file back from its backup, readable by its owner only. What is signed waits. Nobody can"
            " make that key again. " + END,
        )
