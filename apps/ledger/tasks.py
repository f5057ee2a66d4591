"""The sealer's doorbell. The rows are the truth: a ring only says "look for work"."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Pending
from apps.ledger.services.seal import seal

log = structlog.get_logger(__name__)


@shared_task(name="ledger.seal")
def seal_pending() -> None:
    """Seals until nothing waits. Gives up at once where another sealer is at work."""
    while True:
        try:
            published = seal(at=timezone.now(), wait=False)
        except SealingStopped as stopped:
            log.error("sealing_stopped", reason=str(stopped))
            return
        if published is None:
            return
        log.info("sealed", size=published.size)
        if not Pending.objects.exists():
            return
