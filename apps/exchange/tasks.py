"""The doorbells of subscriptions (DESIGN §7): each says "look for work"; the rows are the truth."""

from __future__ import annotations

import time

from celery import current_app, shared_task
from django.utils import timezone

from apps.exchange import delivering, reporting
from apps.exchange.serials.services import sweep_lists

TASK = "exchange.deliver"
AT_MOST = 20.0  # seconds; then the worker answers other doorbells first


@shared_task(name=TASK, ignore_result=True)
def deliver() -> None:
    """Asks the queries that are due and sends what waits, until nothing is left or the time is up."""
    stop = time.monotonic() + AT_MOST
    while True:
        made = reporting.report_due(at=timezone.now())
        tried = delivering.deliver(at=timezone.now())
        if not made and not tried:
            return
        if time.monotonic() >= stop:
            current_app.send_task(TASK, ignore_result=True)
            return


@shared_task(name="exchange.sweep", ignore_result=True)
def sweep() -> None:
    """Clears away what arrived long ago, and lists of serials nobody needs any more."""
    delivering.sweep(at=timezone.now())
    sweep_lists(at=timezone.now())
