"""The memory of the witness in PostgreSQL: one row a log, locked while it is checked and changed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.ledger.models import WitnessedLog, WitnessedLogKey
from pharmatrace.kernel.tlog.verifier_keys import LogKey, parse_log_key
from pharmatrace.kernel.tlog.witness_protocol import Remembered
from pharmatrace.witness.answering import Cosigned, Step


class DatabaseStore:
    """A `Store` (pharmatrace.witness.answering)."""

    def keys_of(self, origin: str) -> Sequence[LogKey]:
        rows = WitnessedLogKey.objects.filter(log_id=origin).values_list("vkey", flat=True)
        return [parse_log_key(vkey) for vkey in rows]

    def exchange(self, origin: str, step: Step) -> Cosigned:
        with transaction.atomic(durable=True):
            row = WitnessedLog.objects.select_for_update().get(origin=origin)
            done = step(Remembered(row.size, bytes(row.root)))
            WitnessedLog.objects.filter(origin=origin).update(
                size=done.tree.size, root=done.tree.root, note=done.note, cosigned_at=done.at
            )
        return done

    def replace_key(self, origin: str, old: str, new: str) -> None:
        with transaction.atomic():
            WitnessedLog.objects.select_for_update().get(origin=origin)
            known, _ = WitnessedLogKey.objects.filter(log_id=origin, vkey=old).delete()
            if known:
                WitnessedLogKey.objects.get_or_create(
                    log_id=origin, vkey=new, defaults={"added_at": timezone.now()}
                )

    def latest(self, origin_hash: str) -> str | None:
        found = WitnessedLog.objects.filter(hash=origin_hash).values_list("note", flat=True)
        return found.first() or None
