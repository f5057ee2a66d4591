"""The processes of compose.yaml, started by hand: a separate PostgreSQL over TCP with two roles, and a real Redis."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg2
import pytest
from celery import Celery

from pharmatrace.embedded.location import APPLICATION, DATABASE
from tests.docker.processes import PASSWORD, ROOT, free_port, running, until

pytestmark = pytest.mark.slow


def get(port: int, path: str) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"Host": "trace.example.org", "X-Forwarded-Proto": "https"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as response:
        return response.status, response.read().decode()


def test_web_answers_and_the_log_is_open(prepared: dict[str, str], folder: Path) -> None:
    port = free_port()
    command = ("gunicorn", "pharmatrace.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket")
    with running(prepared, folder / "web.log", *command):
        assert until(lambda: get(port, "/health/")[0] == 200)
        status, checkpoint = get(port, "/log/checkpoint")
        assert (status, checkpoint.splitlines()[0]) == (200, "trace.example.org/log")


def test_beat_rings_and_the_worker_comes(prepared: dict[str, str], folder: Path) -> None:
    celery = ("celery", "-A", "pharmatrace.celery")
    with (
        running(
            prepared,
            folder / "worker.log",
            *celery,
            "worker",
            "--concurrency",
            "1",
            "--loglevel",
            "INFO",
        ),
        running(
            prepared, folder / "beat.log", *celery, "beat", "-s", str(folder / "beat"), "--pidfile="
        ),
    ):
        app = Celery(broker=prepared["CELERY_BROKER_URL"])

        def rung() -> bool:
            stats = app.control.inspect(timeout=2).stats() or {}
            done = {task for worker in stats.values() for task in worker["total"]}
            return done >= {"ledger.seal", "jobs.run", "anchors.sweep"}

        assert until(rung)
    assert "unregistered" not in (folder / "worker.log").read_text()


def test_the_application_cannot_change_the_ledger(prepared: dict[str, str], database: str) -> None:
    url = f"postgres://{APPLICATION}:{PASSWORD}@{database}/{DATABASE}"
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("DELETE FROM ledger_entry")
    connection.close()


def test_plain_http_is_refused_for_real_installations(environ: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "check"]
    unsafe = environ | {"SITE_URL": "http://trace.example.org"}
    run = subprocess.run(command, cwd=ROOT, env=unsafe, capture_output=True, text=True)
    assert run.returncode
    assert "in the clear" in run.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "KEY_ENCRYPTION_KEY"])
def test_a_missing_secret_stops_the_start_with_its_name(environ: dict[str, str], name: str) -> None:
    without = {key: value for key, value in environ.items() if key != f"{name}_FILE"}
    command = [sys.executable, "manage.py", "check"]
    run = subprocess.run(command, cwd=ROOT, env=without, capture_output=True, text=True)
    assert run.returncode
    assert f"{name} is not set" in run.stderr
