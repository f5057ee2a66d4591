"""run_audit: the whole log, or what came since the last audit, looked at and the outcome kept as a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from apps.ledger.audits import Finding, Span, audit
from apps.ledger.models import AuditRun
from apps.ledger.order import log_size
from pharmatrace.kernel.tlog.tree import CompactRange

MOST_KEPT = 200

Tell = Callable[[str, Finding], None]


def run_audit(
    *, since_last: bool, at: datetime, now: Callable[[], datetime], tell: Tell | None = None
) -> AuditRun:
    """Runs every check and keeps the outcome. `tell` is given each finding as it comes.

    With `since_last` only what was sealed since the newest run without findings, and what waits; what is small
    is looked at whole in any case. A change of older rows is found by a whole run only. Findings do not move
    the place: they are told again until they are gone.
    """
    size = log_size()
    span = _since_last() if since_last else Span()
    first = span.first
    kept: list[dict[str, str]] = []
    found = 0
    for check, finding in audit(span):
        found += 1
        if len(kept) < MOST_KEPT:
            kept.append({"check": check, "place": finding.place, "sentence": finding.sentence})
        if tell is not None:
            tell(check, finding)
    with transaction.atomic():
        return AuditRun.objects.create(
            first=first,
            size=size,
            tiles=span.tiles or CompactRange().to_bytes(),
            found=found,
            findings=kept,
            started_at=at,
            finished_at=now(),
        )


def last_audit() -> AuditRun | None:
    return AuditRun.objects.order_by("-id").first()


def _since_last() -> Span:
    """From the newest run without findings on; a part of the log that shrank is looked at whole."""
    last = AuditRun.objects.filter(found=0).order_by("-id").first()
    if last is None or last.size > log_size():
        return Span()
    return Span(first=last.size, tiles=bytes(last.tiles))
