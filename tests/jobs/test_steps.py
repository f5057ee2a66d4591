"""A job advances step by step; what goes wrong is put on record and tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from apps.jobs import doorbell, registry
from apps.jobs.models import Job, JobInput
from apps.jobs.registry import UnknownKind, runner
from apps.jobs.selectors import job_of
from apps.jobs.services import (
    KEEP_FINISHED,
    MOST_ATTEMPTS,
    back_off,
    cancel,
    enqueue,
    retry,
    run_one_step,
    sweep,
)
from pharmatrace.kernel.refusal import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
Runs = Callable[[Any], None]


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(doorbell, "_send", lambda: heard.append("ring"))
    return heard


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """`runs(step)` makes `step` the runner of jobs of kind `test`."""
    monkeypatch.setattr(registry, "_steps", {})
    yield lambda step: registry._steps.__setitem__("test", step)


def queue(*, total: int = 3, at: datetime = NOW, **changes: Any) -> Job:
    given: dict[str, Any] = {
        "kind": "test",
        "title": "Count",
        "owner_id": None,
        "organisation_id": None,
        "parameters": {},
    }
    return enqueue(total=total, at=at, **given | changes)


def one_more(job: Job, *, at: datetime) -> None:
    job.done += 1


def fault(job: Job, *, at: datetime) -> None:
    raise OSError("the disk is on fire at 10.0.0.1")


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_is_done_when_all_of_it_is_done(runs: Runs) -> None:
    runs(one_more)
    job = queue()
    seen = []
    while run_one_step(at=NOW):
        seen.append((again(job).state, again(job).done))
    assert seen == [("running", 1), ("running", 2), ("done", 3)]
    assert (again(job).started_at, again(job).finished_at) == (NOW, NOW)


def test_the_oldest_goes_first(runs: Runs) -> None:
    runs(one_more)
    newer = queue(total=1, at=NOW + timedelta(seconds=1))
    older = queue(total=1, at=NOW)
    run_one_step(at=NOW)
    assert (again(older).state, again(newer).state) == ("done", "queued")


def test_a_refused_step_fails_the_job_with_the_sentence_and_writes_nothing(runs: Runs) -> None:
    def refuse(job: Job, *, at: datetime) -> None:
        JobInput.objects.create(job=job, content=b"half")
        raise Refused.one("no", "There is no such batch.")

    runs(refuse)
    job = queue()
    assert run_one_step(at=NOW)
    assert (again(job).state, again(job).failure) == ("failed", "There is no such batch.")
    assert not JobInput.objects.exists()
    assert not run_one_step(at=NOW)


def test_a_fault_is_tried_again_later_and_gives_up_after_five(runs: Runs) -> None:
    runs(fault)
    job, now = queue(), NOW
    for attempt in range(1, MOST_ATTEMPTS):
        assert run_one_step(at=now)
        assert (again(job).state, again(job).attempts) == ("queued", attempt)
        assert not run_one_step(at=now + back_off(attempt) - timedelta(milliseconds=1))
        now += back_off(attempt)
    run_one_step(at=now)
    assert (again(job).state, again(job).attempts) == ("failed", MOST_ATTEMPTS)
    assert "10.0.0.1" not in again(job).failure  # what a fault says is for the log, not the page


def test_progress_forgets_earlier_faults(runs: Runs) -> None:
    runs(fault)
    job = queue()
    run_one_step(at=NOW)
    runs(one_more)
    run_one_step(at=NOW + back_off(1))
    assert (again(job).attempts, again(job).failure, again(job).done) == (0, "", 1)


def test_a_step_that_changes_nothing_does_not_run_for_ever(runs: Runs) -> None:
    runs(lambda job, *, at: None)
    job = queue()
    run_one_step(at=NOW)
    assert again(job).attempts == 1


def test_a_step_may_not_do_more_than_all(runs: Runs) -> None:
    def too_much(job: Job, *, at: datetime) -> None:
        job.done = job.total + 1

    runs(too_much)
    job = queue()
    run_one_step(at=NOW)
    assert (again(job).done, again(job).attempts) == (0, 1)


def test_a_cancelled_job_keeps_what_is_done_and_can_go_on(runs: Runs) -> None:
    runs(one_more)
    job = queue()
    run_one_step(at=NOW)
    cancel(job=job, at=NOW)
    assert not run_one_step(at=NOW)
    assert (again(job).state, again(job).done) == ("cancelled", 1)
    retry(job=job, at=NOW)
    while run_one_step(at=NOW):
        pass
    assert (again(job).state, again(job).done) == ("done", 3)


def test_what_has_ended_cannot_be_cancelled_and_what_runs_cannot_be_retried(runs: Runs) -> None:
    runs(one_more)
    job = queue(total=1)
    with pytest.raises(Refused) as caught:
        retry(job=job, at=NOW)
    assert caught.value.codes == ("job_not_stopped",)
    run_one_step(at=NOW)
    with pytest.raises(Refused) as caught:
        cancel(job=job, at=NOW)
    assert caught.value.codes == ("job_finished",)


def test_a_kind_nobody_runs_is_not_taken_in(runs: Runs) -> None:
    with pytest.raises(UnknownKind):
        queue(kind="other")


def test_a_kind_has_one_runner(runs: Runs) -> None:
    runner("once")(one_more)
    with pytest.raises(ValueError, match="runner already"):
        runner("once")(fault)


def test_the_doorbell_rings_when_the_job_is_really_there(
    runs: Runs, rings: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    runs(one_more)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        queue()
        assert rings == []
    assert rings == ["ring"]


def test_a_broken_bell_does_not_undo_the_work(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def broken() -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(doorbell, "_send", broken)
    runs(one_more)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue()
    assert again(job).state == "queued"


def test_sweeping_takes_inputs_of_what_is_done_and_old_jobs(runs: Runs) -> None:
    runs(one_more)
    queue(total=1, content=b"a,b")
    stopped = queue(content=b"c", at=NOW + timedelta(seconds=1))
    run_one_step(at=NOW)
    cancel(job=stopped, at=NOW)
    assert sweep(at=NOW) == 0
    assert [row.job_id for row in JobInput.objects.all()] == [stopped.pk]  # it may go on yet
    assert sweep(at=NOW + KEEP_FINISHED + timedelta(seconds=1)) == 2
    assert not Job.objects.exists()


def test_nobody_sees_the_jobs_of_others(runs: Runs) -> None:
    runs(one_more)
    mine, theirs = uuid4(), uuid4()
    job = queue(organisation_id=mine)
    assert job_of(mine, job.pk) == job
    assert job_of(theirs, job.pk) is None
