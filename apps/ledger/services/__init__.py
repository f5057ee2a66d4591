"""The ledger's verbs: open_log, sign, append, seal, erase, rotate_log_key, turn_log."""

from __future__ import annotations

from apps.ledger.services.append import append
from apps.ledger.services.erase import erase
from apps.ledger.services.open_log import open_log
from apps.ledger.services.rotate_log_key import rotate_log_key
from apps.ledger.services.seal import seal
from apps.ledger.services.sign import Draft, Signed, sign
from apps.ledger.services.turn_log import turn_log

__all__ = [
    "Draft",
    "Signed",
    "append",
    "erase",
    "open_log",
    "rotate_log_key",
    "seal",
    "sign",
    "turn_log",
]
