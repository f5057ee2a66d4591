"""The doorbells of jobs (DESIGN §7): each says "look for work"; the rows are the truth."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from apps.jobs import services
from apps.jobs.doorbell import TASK, ring

AT_MOST = 20.0  # seconds; then the worker answers other doorbells first


@shared_task(name=TASK, ignore_result=True)
def run() -> None:
    """Takes steps until there is no work or the time is up; then rings for the rest."""
    stop = time.monotonic() + AT_MOST
    while services.run_one_step(at=timezone.now()):
        if time.monotonic() >= stop:
            ring()
            return


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Clears away what finished jobs leave behind."""
    services.sweep(at=timezone.now())
