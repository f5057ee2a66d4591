"""The doorbells of the sealer, of the witnesses and of the audit. The rows are the truth: a ring only says "look
for work"."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from celery import shared_task
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Head, Pending
from apps.ledger.services.run_audit import run_audit
from apps.ledger.services.seal import seal
from apps.ledger.services.turn_log import is_due, origin_of_year, turn_log
from apps.ledger.turns import only_one
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.lateness import unpublished
from apps.ledger.witnessing.policy_file import PolicyFault
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)


@shared_task(name="ledger.audit")
def audit_what_is_new() -> None:
    """Looks at what was recorded since the last audit; its outcome is a row that /health/audit/ and the
    regulator's desk show. Where another one is at work it is left to it."""
    with only_one("ledger.audit") as alone:
        if not alone:
            return
        run = run_audit(since_last=True, at=timezone.now(), now=timezone.now)
    if run.found:
        log.error("audit_found", found=run.found, first=run.findings[0])


@shared_task(name="ledger.seal")
def seal_pending() -> None:
    """Seals until nothing waits. Gives up at once where another sealer is at work. In a new year, where LOG_SHARDS says
    so, the log is turned first."""
    while True:
        try:
            if not _turned(timezone.now()):
                return
            signed = seal(at=timezone.now(), wait=False)
        except SealingStopped as stopped:
            log.error("sealing_stopped", reason=str(stopped))
            return
        if signed is None:
            return
        log.info("sealed", size=signed.size)
        if not Pending.objects.exists():
            return


def _turned(now: datetime) -> bool:
    """False while the turn of the year waits for the last checkpoint of the old shard to be published: nothing is
    sealed meanwhile, for then there would always be a newer one. That ends after a while: sealing goes on in the old
    shard, whose name is only a name, and the turn is tried again."""
    head = Head.objects.first()
    if head is None or not is_due(head, at=now):
        return True
    try:
        turn_log(origin=origin_of_year(now.astimezone(UTC).year), at=now)
    except Refused as refused:
        late = unpublished(now=now)
        log.error("log_not_turned", reason=str(refused), late=str(late))
        return refused.codes != ("not_published",) or late is None or late.too_long
    log.info("log_turned", year=now.year)
    return True


@shared_task(name="ledger.witness")
def ask_for_cosignatures() -> None:
    """Asks about the newest signed checkpoint, until the newest is published or nobody is left to ask."""
    try:
        while ask_witnesses(clock=timezone.now):
            pass
    except PolicyFault as fault:
        log.error("publication_stopped", reason=str(fault))
