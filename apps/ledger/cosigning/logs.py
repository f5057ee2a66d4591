"""Which logs this installation is a witness for: add and remove. Neither forgets how far a log was cosigned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.ledger.models import WitnessedLog, WitnessedLogKey
from pharmatrace.kernel.tlog.tree import empty_root
from pharmatrace.kernel.tlog.witness_protocol import origin_hash
from pharmatrace.witness.log_names import log_and_key


def add_log(*, vkey: str, at: datetime, origin: str | None = None) -> WitnessedLogKey:
    """Knows a log by this key from now on; the origin is the key's name unless given. Adding it again changes
    nothing. Raises NotALog."""
    origin, vkey = log_and_key(vkey, origin)
    with transaction.atomic():
        log, _ = WitnessedLog.objects.get_or_create(
            origin=origin,
            defaults={"hash": origin_hash(origin), "root": empty_root, "added_at": at},
        )
        key, _ = WitnessedLogKey.objects.get_or_create(
            log=log, vkey=vkey, defaults={"added_at": at}
        )
    return key


def remove_log(*, origin: str) -> bool:
    """Cosigns it no more. False for a log that was not known."""
    deleted, _ = WitnessedLogKey.objects.filter(log_id=origin).delete()
    return deleted > 0
