"""The doorbell for workers: look for work until there is none."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from apps.jobs.services import ring, run_one_step

SHIFT = 20.0  # seconds; a longer queue is left to the next ring, so that other tasks get a turn


@shared_task(name="jobs.run", ignore_result=True)
def run_jobs() -> None:
    end = time.monotonic() + SHIFT
    while run_one_step(at=timezone.now()):
        if time.monotonic() > end:
            ring()
            return
