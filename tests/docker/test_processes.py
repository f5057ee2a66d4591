"""The processes of compose.yaml, started by hand: a separate PostgreSQL over TCP with two roles, and a real Redis."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from celery import Celery

from pharmatrace.embedded import cluster
from pharmatrace.embedded.location import APPLICATION, DATABASE, OWNER, locate
from pharmatrace.embedded.server import Server

ROOT = Path(__file__).parents[2]
PASSWORD = secrets.token_hex(16)
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], object], *, seconds: float = 60.0) -> object:
    """The first true value of `condition`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, psycopg2.Error):
            if value := condition():
                return value
        time.sleep(0.2)
    pytest.fail(f"waited {seconds:.0f} s in vain")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="pharmatrace-docker-"))
    if os.geteuid() == 0:
        path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[str]:
    """The host and port of a PostgreSQL that knows nothing of our folders."""
    (folder / "elsewhere").mkdir()
    location = locate(folder / "elsewhere")
    port = free_port()
    with Server(location, durable=False, port=port):
        connection = cluster.connect(location, port=port)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for role in (APPLICATION, OWNER):
                cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [PASSWORD])
        connection.close()
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def redis(folder: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("PHARMATRACE_CI"):
            pytest.fail("redis-server is required in CI")
        pytest.skip("redis-server is not installed")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    until(lambda: not socket.create_connection(("127.0.0.1", port)).close())
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def environ(folder: Path, database: str, redis: str) -> dict[str, str]:
    """What compose.yaml sets, with its secrets as files."""
    files = {
        "DATABASE_URL": f"postgres://{APPLICATION}:{PASSWORD}@{database}/{DATABASE}",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "KEY_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    for name, value in files.items():
        (folder / name.lower()).write_text(value)
        given[f"{name}_FILE"] = str(folder / name.lower())
    return given | {
        "PHARMATRACE_VAR": str(folder / "var"),
        "SITE_URL": "https://trace.example.org",
        "LOG_ORIGIN": "trace.example.org/log",
        "BEHIND_PROXY": "1",
        "CELERY_BROKER_URL": redis,
        "LOG_FORMAT": "json",
    }


@pytest.fixture(scope="module")
def prepared(environ: dict[str, str], database: str) -> dict[str, str]:
    owner = f"postgres://{OWNER}:{PASSWORD}@{database}/{DATABASE}"
    run = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=environ | {"DATABASE_OWNER_URL": owner},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return environ


@contextlib.contextmanager
def running(environ: dict[str, str], log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
    try:
        yield process
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
