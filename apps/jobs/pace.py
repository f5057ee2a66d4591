"""How fast a job goes, and how long it will take: measured since it last began to run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.jobs.models import Job

LEAST = timedelta(seconds=1)  # before that there is nothing to measure


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` in units a second; `left` until the end at that rate."""

    rate: float
    left: timedelta


def pace_of(job: Job, *, now: datetime) -> Pace | None:
    """The pace of a job that runs; None where nothing can be said yet. Of one that ended, the pace it had."""
    until = job.finished_at or now
    if job.paced_at is None or job.state == Job.State.QUEUED:
        return None
    took, made = until - job.paced_at, job.done - job.paced_done
    if took < LEAST or made <= 0:
        return None
    rate = made / took.total_seconds()
    return Pace(rate, timedelta(seconds=round((job.total - job.done) / rate)))
