"""The first sealing of a process asks the witnesses before it: a restored backup is found before it forks."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection

from apps.ledger import guard
from apps.ledger.selectors import signed_size
from apps.ledger.witnessing import alarms
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy

log = structlog.get_logger(__name__)
_asked: set[tuple[str, ...]] = set()


def ask_once(at: datetime) -> None:
    """Asks everyone about the newest signed checkpoint, once for each log a process seals. Whoever does not
    answer does not hold the sealer up; what they say in conflict is an alarm, which the guard reads."""
    name = (
        str(connection.settings_dict["NAME"]),
        settings.LOG_ORIGIN,
        str(settings.WITNESS_POLICY_FILE),
    )
    if name in _asked:
        return
    try:
        if witness_policy().asks_nobody or not signed_size():
            return
        _asked.add(name)
        ask_witnesses(clock=lambda: at, everyone=True)
    except PolicyFault as fault:
        log.error("publication_stopped", reason=str(fault))


def register() -> None:
    """The witnesses as sources of the guard."""
    guard.register("witnesses: sizes", alarms.largest_size, start=ask_once)
    guard.register("witnesses: trees", alarms.proven_root)
