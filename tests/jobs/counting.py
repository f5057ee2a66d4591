"""A job that can be watched from outside, for tests with more than one process.

Each step puts one number into a table of its own, tells that it is in the middle, and waits there
if it is asked to. `python -m tests.jobs.counting` is a worker that takes one step.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
COUNT = "test_count"


def step(job: Any, *, at: datetime) -> None:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO test_count (job, number) VALUES (%s, %s)", [job.pk, job.done])
    transaction.on_commit(lambda: print(f"committed {job.done}", flush=True))
    job.done += 1
    print(f"in step {job.pk} {job.done}", flush=True)
    if "wait" in sys.argv:
        sys.stdin.readline()


def main() -> None:
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["NAME"] = os.environ["COUNTING_DATABASE"]
    from apps.jobs.registry import runner
    from apps.jobs.services import run_one_step

    runner(COUNT)(step)
    print(f"worked {run_one_step(at=NOW)}", flush=True)


if __name__ == "__main__":
    main()
