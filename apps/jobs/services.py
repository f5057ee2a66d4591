"""Long work, done in steps by whichever worker is free.

One step is one transaction: the job's row is locked, the step does its work, work and progress
commit together. A worker killed in the middle loses that transaction and nothing else, and the lock
goes with it; so there are no leases and no heartbeats, and everything arrives exactly once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from apps.jobs.doorbell import ring
from apps.jobs.models import WAITING, Job, JobInput
from apps.jobs.registry import known_kinds, step_of
from pharmatrace.kernel.refusal import Refused

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
KEEP_FINISHED = timedelta(days=30)


class NoProgress(RuntimeError):
    """A step came back without having changed anything: it would run for ever."""


@transaction.atomic
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
    id: UUID | None = None,
) -> Job:
    """A new job of `kind` with `total` units of work; the doorbell rings when this commits.

    `parameters` is JSON; `content` an uploaded file, kept as JobInput; `id` is for callers that must find their
    job again after a crash. Raises UnknownKind.
    """
    step_of(kind)
    job = Job.objects.create(
        id=id or uuid4(),
        kind=kind,
        title=title[:200],
        owner_id=owner_id,
        organisation_id=organisation_id,
        parameters=parameters,
        total=total,
        created_at=at,
    )
    if content is not None:
        JobInput.objects.create(job=job, content=content)
    ring()
    return job


def run_one_step(*, at: datetime, job_id: UUID | None = None) -> bool:
    """One step of the oldest job that waits and that nobody else is working on; with `job_id`, of that job.

    False when there is none. Never raises what a step raises: Refused fails the job with its
    sentence, anything else is tried again later, five times in a row at most.
    """
    taken: Job | None = None
    try:
        with transaction.atomic():
            taken = _take(at=at, job_id=job_id)
            if taken is None:
                return False
            _step(taken, at=at)
    except Exception as error:  # nothing of the step is left: it is put on record apart from it
        if taken is None:
            raise
        _record_failure(taken, error, at=at)
    return True


def _take(*, at: datetime, job_id: UUID | None) -> Job | None:
    waiting = Job.objects.select_for_update(skip_locked=True, no_key=True).filter(
        Q(not_before=None) | Q(not_before__lte=at), state__in=WAITING, kind__in=known_kinds()
    )
    if job_id is not None:
        waiting = waiting.filter(pk=job_id)
    return waiting.order_by("created_at", "id").first()


def _step(job: Job, *, at: datetime) -> None:
    before = (job.done, job.total, job.parameters.copy())
    if job.state == Job.State.QUEUED or job.paced_at is None:
        job.paced_at, job.paced_done = at, job.done
    step_of(job.kind)(job, at=at)
    if job.done >= job.total:
        job.state, job.finished_at = Job.State.DONE, at
    elif (job.done, job.total, job.parameters) == before:
        raise NoProgress(f"a step of {job.kind!r} changed nothing at {job.done} of {job.total}")
    else:
        job.state = Job.State.RUNNING
    job.started_at = job.started_at or at
    job.attempts, job.not_before, job.failure = 0, None, ""
    job.save(
        update_fields=[
            "state", "done", "total", "parameters", "started_at", "finished_at", "attempts",
            "not_before", "failure", "paced_at", "paced_done",
        ]
    )  # fmt: skip


@transaction.atomic
def _record_failure(taken: Job, error: Exception, *, at: datetime) -> None:
    job = Job.objects.select_for_update(no_key=True).get(pk=taken.pk)
    if not job.is_waiting:
        return  # cancelled meanwhile
    job.started_at = job.started_at or at
    if isinstance(error, Refused):
        job.state, job.finished_at, job.failure = Job.State.FAILED, at, str(error)
    else:
        log.error("job %s (%s) failed in a step", job.pk, job.kind, exc_info=error)
        job.attempts += 1
        job.failure = f"Something went wrong ({type(error).__name__})."
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.finished_at = Job.State.FAILED, at
        else:
            job.not_before = at + back_off(job.attempts)
    job.save(
        update_fields=[
            "state", "started_at", "finished_at", "failure", "attempts", "not_before",
        ]
    )  # fmt: skip


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many failures in a row: 2, 8, 32, 128 seconds."""
    return timedelta(seconds=2 * 4 ** (attempts - 1))


@transaction.atomic
def cancel(*, job: Job, at: datetime) -> Job:
    """No further step is taken; what was done stays done.

    Waits for the step that runs right now, if any. Raises Refused `job_finished`.
    """
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not job.is_waiting:
        raise Refused.one("job_finished", f"This job has ended already: it is {job.state}.")
    job.state = Job.State.CANCELLED
    job.cancel_requested_at = job.finished_at = at
    job.save(update_fields=["state", "cancel_requested_at", "finished_at"])
    return job


@transaction.atomic
def retry(*, job: Job, at: datetime) -> Job:
    """A failed or cancelled job goes on where it stopped. Raises Refused `job_not_stopped`."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.state not in (Job.State.FAILED, Job.State.CANCELLED):
        raise Refused.one(
            "job_not_stopped",
            f"Only a job that failed or was cancelled can be tried again; this one is {job.state}.",
        )
    job.state, job.failure, job.attempts = Job.State.QUEUED, "", 0
    job.not_before = job.finished_at = job.cancel_requested_at = None
    job.save(
        update_fields=[
            "state", "failure", "attempts", "not_before", "finished_at", "cancel_requested_at",
        ]
    )  # fmt: skip
    ring()
    return job


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """Drops the inputs of jobs that are done, and jobs that ended a month ago; returns how many jobs."""
    JobInput.objects.filter(job__state=Job.State.DONE).delete()
    old = Job.objects.exclude(state__in=WAITING).filter(finished_at__lt=at - KEEP_FINISHED)
    _, deleted = old.delete()
    return deleted.get("jobs.Job", 0)
