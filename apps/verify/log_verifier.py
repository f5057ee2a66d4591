"""The public half of the log's key: what readers check checkpoints with."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from apps.ledger.log_key import load_log_key
from pharmatrace.kernel.tlog.note import Verifier


def log_verifier() -> Verifier:
    """The verifier of this installation's checkpoints. Raises LogKeyFault."""
    path = Path(settings.LOG_KEY_FILE)
    written = path.stat().st_mtime_ns if path.exists() else 0
    return _verifier(str(path), written, settings.LOG_ORIGIN)


@lru_cache(maxsize=2)
def _verifier(path: str, written: int, origin: str) -> Verifier:
    return load_log_key(origin).verifier
