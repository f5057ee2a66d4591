"""Starts everything on one machine: database, web, worker, sealer and beat. Used by `manage.py up` and `manage.py demo`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections

from apps.ledger.services import open_log
from apps.ledger.witnessing.policy_file import PolicyFault, check_log, witness_policy
from pharmatrace.embedded.server import Server
from pharmatrace.supervisor import Program, Supervisor

HEALTHY_SECONDS = 90.0
# Celery warns root because pickled messages could run code; ours are JSON (settings.CELERY_ACCEPT_CONTENT).
QUIET_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


class CannotStart(Exception):
    """Something is in the way; the sentence says what, and what to do."""


def launch(
    *,
    host: str = "127.0.0.1",
    worker: bool = True,
    on_ready: Callable[[Supervisor], None],
    beside: Callable[[], Sequence[Program]] = tuple,
) -> int:
    """Starts everything and returns the exit status when everything has stopped (Ctrl-C, SIGTERM).

    `on_ready` is called once the site answers, in a thread of its own, so it may take its time: it gets the
    supervisor (`say` writes to the common log, `stop` ends everything). `beside`, called once the log is open, names
    more programs to keep running. Raises CannotStart, AlreadyRunning,
    ClusterProblem, NoBinaries. Call it from the main thread. The port is that of settings (`use_port`).
    """
    port = int(os.environ.get("PORT", "8000"))
    require_free_port(host, port)
    with stopped_by_sigterm(), private_database() as database:
        supervisor = Supervisor(programs(host=host, port=port, worker=worker))
        if database:
            supervisor.say(f"database in {database.location.home}", name="database")
        prepare(supervisor.say)
        supervisor.add(beside())
        connections.close_all()
        outcome = Outcome()
        greeter = threading.Thread(
            target=greet, args=(supervisor, host, port, on_ready, outcome), daemon=True
        )
        greeter.start()
        supervisor.run(watch=lambda: keep_alive(database, supervisor))
    return outcome.status


def use_port(port: int) -> None:
    """Starts this command again with PORT=`port` if settings were read with another one (the address is in them)."""
    if str(port) != os.environ.get("PORT", "8000"):
        os.environ["PORT"] = str(port)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used: {error.strerror}."
                " Stop the program that uses it, or choose another port with --port."
            ) from error


@contextlib.contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """While starting, SIGTERM unwinds like Ctrl-C does, so that the database is stopped again."""

    def unwind(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, unwind)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def private_database() -> Iterator[Server | None]:
    """The private PostgreSQL for as long as the block lasts; None if the installation has a server of its own."""
    if settings.EMBEDDED is None:
        yield None
        return
    with Server(settings.EMBEDDED) as server:
        yield server


def keep_alive(database: Server | None, supervisor: Supervisor) -> None:
    if database and database.process and database.process.poll() is not None:
        supervisor.say("the database ended; it starts again", name="database")
        database.start()


def prepare(say: Callable[[str], None]) -> None:
    """Everything that must be there before the first request: tables, rights, the log, static files."""
    say("migrating")
    call_command("migrate", interactive=False, verbosity=0)
    check_policy()
    open_log(at=datetime.now(UTC))
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    stamp = settings.STATIC_ROOT / ".collected"
    state = static_state()
    if not stamp.exists() or stamp.read_text() != state:
        say("collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state)


def check_policy() -> None:
    """A policy that cannot be followed is told before anything is sealed under it. Raises CannotStart."""
    try:
        check_log(witness_policy())
    except PolicyFault as fault:
        raise CannotStart(str(fault)) from None


def static_state() -> str:
    """Changes when any static file is added, removed or edited."""
    state = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            state.update(f"{path} {storage.get_modified_time(path).timestamp()}\n".encode())
    return state.hexdigest()


def programs(*, host: str, port: int, worker: bool) -> list[Program]:
    python = sys.executable
    web = [python, "-m", "gunicorn", "pharmatrace.wsgi", "--bind", f"{host}:{port}"]
    web += ["--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "5"]
    web += ["--no-control-socket", "--log-level", "warning"]
    celery = [python, "-m", "celery", "-A", "pharmatrace.celery", "--quiet"]
    started = [Program("web", web)]
    if worker:
        for name, queue, processes in (("worker", "pharmatrace", 2), ("sealer", "sealing", 2)):
            # Two that seal: while one waits for a witness, the other seals.
            pool = ["worker", "--hostname", f"{name}@%h", "--queues", queue]
            pool += ["--concurrency", str(processes), "--loglevel", "INFO"]
            pool += ["--without-gossip", "--without-mingle"]
            # Killed in the middle, a task loses nothing: the rows are the truth (DESIGN §7).
            started.append(
                Program(name, [*celery, *pool], QUIET_ROOT, on_death=signal.SIGQUIT, patience=8.0)
            )
        started.append(Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]))
        if settings.INBOX_DIR is not None:
            started.append(
                Program("watch", [python, str(settings.BASE_DIR / "manage.py"), "watch"])
            )
    return started


class Outcome:
    """The exit status; whoever ends the run because of a problem sets it to 1."""

    status = 0


def greet(
    supervisor: Supervisor,
    host: str,
    port: int,
    on_ready: Callable[[Supervisor], None],
    outcome: Outcome,
) -> None:
    """Waits until the site answers, then calls `on_ready`; a failure of either ends the run."""
    try:
        if not answers(f"http://{host}:{port}/health/", seconds=HEALTHY_SECONDS):
            raise CannotStart(
                f"The site does not answer after {HEALTHY_SECONDS:.0f} s; the log above says why."
            )
        on_ready(supervisor)
    except Exception as error:
        if supervisor.stopping:  # the database went away under it, as it should
            return
        supervisor.say(f"{type(error).__name__}: {error}")
        outcome.status = 1
        supervisor.stop()
    finally:
        connections.close_all()


def answers(url: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            with direct.open(url, timeout=5) as response:
                if response.status == 200:
                    return True
        except OSError:  # not listening yet, or (HTTPError) not healthy yet
            pass
        time.sleep(0.1)
    return False
