"""Rings for witnesses to be asked. A lost ring costs seconds: beat rings too."""

from __future__ import annotations

from time import monotonic

import structlog
from celery import current_app

TASK = "ledger.witness"
RING_EVERY = 0.1  # seconds; who seals faster rings once for all
log = structlog.get_logger(__name__)
_rang_at = 0.0


def ring_witnesses() -> None:
    global _rang_at
    now = monotonic()
    if now - _rang_at < RING_EVERY:
        return
    _rang_at = now
    try:
        current_app.send_task(TASK, ignore_result=True, expires=5, retry=False)
    except Exception as error:  # the broker may be away; the rows are there
        log.warning("doorbell_silent", task=TASK, error=str(error))
