"""Start, wait for and stop the private PostgreSQL.

One launcher at a time holds a lock on the folder. The kernel drops the lock when the launcher dies, however it
dies; so who holds the lock may clear away what a dead launcher left running.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psycopg2

from pharmatrace.embedded import binaries, cluster
from pharmatrace.embedded.location import Location

START_SECONDS = 60.0  # recovery after a kill replays up to max_wal_size
TICK = 0.05
PROC = Path("/proc/self/cwd")
# Fast, immediate, no more; each with the seconds it may take. After the last two the next start recovers.
REQUESTS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0))


class AlreadyRunning(Exception):
    """Another process holds the server of this folder."""


class Server:
    """The private PostgreSQL of one location, held by this process. Start it from the main thread."""

    def __init__(
        self,
        location: Location,
        *,
        durable: bool = True,
        port: int = cluster.PORT,
        pipe: bool = False,
    ) -> None:
        """`durable=False` is for tests: a power cut loses the data. Another `port`
        than the usual is opened on 127.0.0.1 too. `pipe`: what it says is read from
        `process.stdout` instead of being written to `location.log`."""
        self.location = location
        self.durable = durable
        self.port = port
        self.pipe = pipe
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Returns when the server answers, with roles and database in place.

        Raises AlreadyRunning, ClusterProblem, NoBinaries.
        """
        programs = binaries.programs(self.location.account)
        cluster.make_folders(self.location)
        self._take_lock()
        try:
            clear_leftovers(self.location.data)
            clear_lock_files(self.location)
            cluster.create(self.location, programs, durable=self.durable)
            cluster.write_access_rules(self.location)
            self._spawn(programs)
            self._wait_until_it_answers()
            cluster.prepare(self.location, port=self.port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Returns when no process of the server is left. Clients are disconnected, nothing is lost."""
        if self.process:
            for request, patience in REQUESTS:
                if self.process.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        self.process.send_signal(request)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=patience)
                    break
            clear_leftovers(self.location.data)
            self.process = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_lock(self) -> None:
        if self._lock:
            return
        lock = (self.location.home / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise AlreadyRunning(
                f"PharmaTrace already runs here: process {holder} holds the database in {self.location.home}."
                " Stop it first, or set PHARMATRACE_VAR to another folder."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _spawn(self, programs: Path) -> None:
        chosen = cluster.settings(self.location, durable=self.durable, port=self.port)
        command = [str(programs / "postgres"), "-D", str(self.location.data)]
        for name, value in chosen.items():
            command += ["-c", f"{name}={value}"]
        with contextlib.ExitStack() as stack:
            output: int | IO[bytes] = subprocess.PIPE
            if not self.pipe:
                output = stack.enter_context(self.location.log.open("ab"))
            self.process = subprocess.Popen(
                cluster.as_account(self.location, command),
                cwd=self.location.home,
                env=cluster.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop the database last
            )

    def _wait_until_it_answers(self) -> None:
        assert self.process
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise cluster.ClusterProblem(f"PostgreSQL did not start: {self._last_words()}")
            try:
                cluster.connect(self.location, port=self.port).close()
            except psycopg2.OperationalError:
                time.sleep(TICK)
            else:
                return
        raise cluster.ClusterProblem(
            f"PostgreSQL does not answer after {START_SECONDS:.0f} s: {self._last_words()}"
        )

    def _last_words(self) -> str:
        if self.pipe:
            assert self.process and self.process.stdout
            os.set_blocking(self.process.stdout.fileno(), False)
            said = self.process.stdout.read() or b""
        else:
            said = self.location.log.read_bytes()
        return (
            " / ".join(said.decode(errors="replace").strip().splitlines()[-5:]) or "it said nothing"
        )


def clear_leftovers(data: Path) -> None:
    """Stops what a launcher that died left running on `data`: its server, or processes without one.

    Call it with the lock held: then nobody owns them.
    """
    for request, patience in REQUESTS:
        left = list(leftovers(data))
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, request)
        if wait_until(lambda: not list(leftovers(data)), patience):
            return
    raise cluster.ClusterProblem(
        f"Processes {list(leftovers(data))} still use {data} and cannot be stopped."
    )


def clear_lock_files(location: Location) -> None:
    """Removes the lock files of a server that is gone, as `leftovers` has just shown.

    PostgreSQL clears them itself, unless their process id was given to somebody else or belongs to a dead
    process nobody has buried (a container without init).
    """
    if not PROC.exists():
        return
    for file in (location.data / "postmaster.pid", *location.sockets.glob(".s.PGSQL.*")):
        file.unlink(missing_ok=True)


def leftovers(data: Path) -> Iterator[int]:
    """Every process whose working folder is `data`: PostgreSQL runs in it, and nothing else does.

    Read from /proc; where there is none, the process named by postmaster.pid.
    """
    if not PROC.exists():
        yield from named_by_pid_file(data)
        return
    for entry in PROC.parents[1].iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                name = (entry / "comm").read_text().strip()
                if name.startswith("postgres") and (entry / "cwd").readlink() == data:
                    yield int(entry.name)


def named_by_pid_file(data: Path) -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        os.kill(pid, 0)
        yield pid


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(TICK)
    return condition()
