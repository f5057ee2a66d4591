"""The doorbells of the sealer and of the witnesses. The rows are the truth: a ring says "look for work"."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Pending
from apps.ledger.services.seal import seal
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.policy_file import PolicyFault

log = structlog.get_logger(__name__)


@shared_task(name="ledger.seal")
def seal_pending() -> None:
    """Seals until nothing waits. Gives up at once where another sealer is at work."""
    while True:
        try:
            signed = seal(at=timezone.now(), wait=False)
        except SealingStopped as stopped:
            log.error("sealing_stopped", reason=str(stopped))
            return
        if signed is None:
            return
        log.info("sealed", size=signed.size)
        if not Pending.objects.exists():
            return


@shared_task(name="ledger.witness")
def ask_for_cosignatures() -> None:
    """Asks about the newest signed checkpoint, until the newest is published or nobody is left to ask."""
    try:
        while ask_witnesses(clock=timezone.now):
            pass
    except PolicyFault as fault:
        log.error("publication_stopped", reason=str(fault))
