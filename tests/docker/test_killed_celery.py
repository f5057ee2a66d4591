"""Celery's own worker and sealer are killed (-9) while they commission and seal; everything arrives exactly once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from pharmatrace.embedded.location import APPLICATION, DATABASE
from tests.docker.big_batch import PACKS
from tests.docker.processes import PASSWORD, ROOT, running, until

pytestmark = pytest.mark.slow
CELERY = ("celery", "-A", "pharmatrace.celery")


@contextlib.contextmanager
def workers(environ: dict[str, str], log: Path) -> Iterator[None]:
    """A worker and a sealer, as in compose.yaml; in the end both are killed with all they started."""
    processes = []
    with log.open("ab") as output:
        for queue in ("pharmatrace", "sealing"):
            options = ("worker", "-n", f"{queue}@%h", "--queues", queue, "--concurrency", "1")
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *CELERY, *options],
                    cwd=ROOT,
                    env=environ,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )
    try:
        yield
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_fifty_thousand_packs_survive_the_murder_of_celery(
    prepared: dict[str, str], database: str, folder: Path
) -> None:
    made = subprocess.run(
        [sys.executable, "tests/docker/big_batch.py"],
        cwd=ROOT, env=prepared | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    connection = psycopg2.connect(f"postgres://{APPLICATION}:{PASSWORD}@{database}/{DATABASE}")
    connection.autocommit = True

    def ask(query: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()

    def at_work() -> bool:
        """Somebody commissions or seals at this moment."""
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query ~ 'COPY|custody'"
        )
        return bool(ask(f"{query} AND pid <> pg_backend_pid()")[0])

    moments = random.Random(7)
    beat = (*CELERY, "beat", "-s", str(folder / "beat-kill"), "--pidfile=")
    log = folder / "killed.log"
    with running(prepared, folder / "beat-kill.log", *beat):
        for _ in range(3):
            with workers(prepared, log):
                until(at_work)
                time.sleep(moments.uniform(0, 0.3))
        killed_at = ask("SELECT done FROM jobs_job")
        with workers(prepared, log):
            until(lambda: ask("SELECT state FROM jobs_job") == ("done",), seconds=120)
            until(lambda: ask("SELECT count(*) FROM ledger_pending") == (0,))
    assert killed_at[0] < PACKS  # the murders were in time
    for count in (
        "count(*) FROM custody_package",
        "count(DISTINCT package_id) FROM custody_packageevent",
        "count(*) FROM custody_packageevent",
    ):
        assert ask(f"SELECT {count}") == (PACKS,), count
    entries = ask(
        'SELECT count(*), max("index") + 1, count(DISTINCT statement_id) FROM ledger_entry'
    )
    assert len({*entries, *ask("SELECT count(*) FROM ledger_statement")}) == 1
    assert ask("SELECT size FROM ledger_head") == ask("SELECT max(size) FROM ledger_checkpoint")
    connection.close()
