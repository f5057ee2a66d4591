from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.jobs import registry
from apps.jobs.models import Job
from apps.jobs.pace import pace_of
from apps.jobs.services import cancel, enqueue, retry, run_one_step

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def job(**more: object) -> Job:
    return Job(state="running", total=100, done=40, paced_at=NOW, paced_done=20, **more)


def test_the_rate_is_what_was_done_since_it_began_to_run() -> None:
    pace = pace_of(job(), now=later(10))
    assert pace is not None
    assert (pace.rate, pace.left) == (2.0, timedelta(seconds=30))


def test_of_a_job_that_ended_it_is_the_rate_it_had() -> None:
    pace = pace_of(job(finished_at=later(20)), now=later(9_999))
    assert pace is not None
    assert pace.rate == 1.0


@pytest.mark.parametrize("at", [NOW, later(0)])
def test_nothing_is_said_before_there_is_anything_to_measure(at: datetime) -> None:
    assert pace_of(job(), now=at) is None
    assert pace_of(Job(state="queued", total=100), now=later(60)) is None


def count_one(job: Job, *, at: datetime) -> None:
    job.done += 1


def test_a_pause_is_no_part_of_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._steps, "count", count_one)
    begun = enqueue(
        kind="count", title="Count", owner_id=None, organisation_id=None,
        parameters={}, total=3, at=NOW,
    )  # fmt: skip
    run_one_step(at=later(5))
    cancel(job=begun, at=later(6))
    retry(job=begun, at=later(5_000))
    run_one_step(at=later(5_001))
    begun.refresh_from_db()
    assert (begun.paced_at, begun.paced_done) == (later(5_001), 1)
