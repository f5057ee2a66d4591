"""Several real processes at one queue: killed ones lose nothing, no two do the same step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from apps.jobs import doorbell, registry
from apps.jobs.models import Job
from apps.jobs.services import enqueue, run_one_step
from tests.jobs.counting import COUNT, NOW, step

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
Hire = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(doorbell, "_send", lambda: None)
    monkeypatch.setitem(registry._steps, COUNT, step)
    with connection.cursor() as cursor:
        # No unique key: a number that arrives twice must be seen, not prevented.
        cursor.execute("CREATE TABLE test_count (job uuid, number int)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_count")


@pytest.fixture
def hire() -> Iterator[Hire]:
    """`hire("wait")` starts a worker that takes one step and stays in the middle of it."""
    environment = os.environ | {
        "COUNTING_DATABASE": connection.settings_dict["NAME"],
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    with ExitStack() as stack:

        def start(*how: str) -> subprocess.Popen[str]:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.counting", *how],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment,
            )
            stack.enter_context(worker)
            stack.callback(worker.kill)
            return worker

        yield start


def queue(total: int) -> Job:
    return enqueue(
        kind=COUNT, title="Count", owner_id=None, organisation_id=None, parameters={},
        total=total, at=NOW,
    )  # fmt: skip


def says(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    return worker.stdout.readline().strip()


def go_on(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin
    worker.stdin.write("\n")
    worker.stdin.flush()


def numbers(job: Job) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM test_count WHERE job = %s ORDER BY number", [job.pk])
        return [row[0] for row in cursor.fetchall()]


def test_a_worker_killed_in_a_step_loses_that_step_only(hire: Hire) -> None:
    job = queue(4)
    assert run_one_step(at=NOW)
    worker = hire("wait")
    assert says(worker) == f"in step {job.pk} 2"  # its number is written, not committed
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert numbers(job) == [0]
    _lock_is_gone(job)
    while run_one_step(at=NOW):
        pass
    job.refresh_from_db()
    assert (numbers(job), job.state, job.attempts) == ([0, 1, 2, 3], "done", 0)


def test_what_a_step_leaves_for_after_the_commit_happens(hire: Hire) -> None:
    queue(2)
    worker = hire()
    assert [says(worker).split()[0], says(worker), says(worker)] == [
        "in",
        "committed 1",
        "worked True",
    ]


def test_two_workers_never_take_the_same_job_at_once(hire: Hire) -> None:
    job = queue(3)
    first = hire("wait")
    assert says(first) == f"in step {job.pk} 1"
    second = hire()
    assert says(second) == "worked False"  # it did not wait either
    other = queue(1)
    third = hire()
    assert says(third) == f"in step {other.pk} 1"
    go_on(first)
    assert [says(first), says(first)] == ["committed 1", "worked True"]
    assert numbers(job) == [0]


def _lock_is_gone(job: Job) -> None:
    """PostgreSQL notices within moments that the client is dead; waiting for the row is waiting for that."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        Job.objects.select_for_update().get(pk=job.pk)
