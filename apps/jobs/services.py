"""Jobs: start, step, cancel, try again. The row lock is the lease: it dies with its worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from apps.jobs.models import Job, JobInput
from apps.jobs.registry import step_of
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 5


def enqueue(
    *,
    kind: str,
    title: str,
    owner_id: int | None,
    organisation_id: UUID | None,
    parameters: dict[str, Any],
    total: int,
    at: datetime,
    content: bytes | None = None,
) -> Job:
    """Queues `total` units of work; a worker begins when the caller's transaction commits."""
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            title=title,
            owner_id=owner_id,
            organisation_id=organisation_id,
            parameters=parameters,
            total=total,
            created_at=at,
        )
        if content is not None:
            JobInput.objects.create(job=job, content=content)
        transaction.on_commit(ring)
    return job


def ring() -> None:
    """Rings the workers' doorbell. A lost ring costs two seconds: beat rings too."""
    from apps.jobs.tasks import run_jobs

    try:
        run_jobs.apply_async(expires=60)
    except Exception as error:  # the broker may be away; the row is there, and beat rings again
        log.warning("doorbell_silent", task="jobs.run", error=str(error))


def run_one_step(*, at: datetime) -> bool:
    """One step of the oldest waiting job, in one transaction with its progress.

    False where nothing waits. A worker killed in the middle loses the open transaction and nothing else:
    the next worker finds the row as it was.
    """
    try:
        with transaction.atomic():
            job = _take(at=at)
            if job is None:
                return False
            failing = job.pk
            _step(job, at=at)
    except Refused as refused:
        _fail(failing, str(refused), at=at)
    except Exception as error:
        log.exception("job_step_failed", job=str(failing))
        _try_later(failing, f"{type(error).__name__}: {error}", at=at)
    return True


def _take(*, at: datetime) -> Job | None:
    waiting = Job.objects.select_for_update(skip_locked=True).filter(
        Q(not_before__isnull=True) | Q(not_before__lte=at),
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
    )
    return waiting.order_by("created_at").first()


def _step(job: Job, *, at: datetime) -> None:
    if job.cancel_requested_at is not None:
        job.state, job.finished_at = Job.State.CANCELLED, at
    else:
        job.state, job.started_at = Job.State.RUNNING, job.started_at or at
        step_of(job.kind)(job, at=at)
        job.attempts, job.not_before = 0, None
        if job.done >= job.total:
            job.state, job.finished_at = Job.State.DONE, at
    job.save()


def _fail(job_id: UUID, sentence: str, *, at: datetime) -> None:
    Job.objects.filter(pk=job_id).update(
        state=Job.State.FAILED, failure=sentence, finished_at=at
    )


def _try_later(job_id: UUID, fault: str, *, at: datetime) -> None:
    """Waits 2, 4, 8, 16 seconds between attempts, then gives up and says so."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        job.attempts += 1
        job.failure = fault
        job.not_before = at + timedelta(seconds=2**job.attempts)
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.finished_at = Job.State.FAILED, at
        job.save()


def cancel(*, job: Job, at: datetime) -> None:
    """Asks a job to stop between two steps; what is done stays done."""
    Job.objects.filter(
        pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING], cancel_requested_at__isnull=True
    ).update(cancel_requested_at=at)
    transaction.on_commit(ring)


def retry(*, job: Job, at: datetime) -> None:
    """Lets a failed or cancelled job go on where it stopped."""
    Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
        state=Job.State.QUEUED,
        attempts=0,
        not_before=None,
        cancel_requested_at=None,
        finished_at=None,
        failure="",
    )
    transaction.on_commit(ring)
