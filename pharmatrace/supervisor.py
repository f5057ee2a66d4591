"""Keeps a few programs running: one log, one Ctrl-C, nothing left behind.

The loop belongs to the main thread: it starts the programs (their leash is tied to this thread), passes on what
they say, restarts what crashed, and stops all of them. It knows programs, not PharmaTrace.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from pharmatrace import leash

TICK = 0.2
QUICK = 10.0  # seconds; who ends sooner than this after a start has not settled
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Program:
    """What to run, and how it likes to be stopped."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    stop: signal.Signals = signal.SIGTERM
    on_death: signal.Signals = signal.SIGTERM  # what it gets when the supervisor is killed
    patience: float = 10.0  # seconds between `stop` and SIGKILL


class Child:
    """A program and its current process."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_again_at = 0.0
        self.pause = 1.0

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> IO[bytes]:
        """Returns what the program says."""
        self.process = subprocess.Popen(
            leash.command(self.program.command, on_death=self.program.on_death),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops everybody in order
        )
        self.started_at = time.monotonic()
        assert self.process.stdout
        return self.process.stdout

    def ask_to_stop(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.program.stop)

    def kill(self) -> None:
        """Ends the program and whatever it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def crashed(self) -> float:
        """Notes a crash and returns the seconds until the next start: longer each time, short after a good run."""
        lived = time.monotonic() - self.started_at
        self.pause = min(self.pause * 2, LONGEST_PAUSE) if lived < QUICK else 1.0
        self.start_again_at = time.monotonic() + self.pause
        self.kill()  # its children, if it left any
        return self.pause


class Supervisor:
    """Runs the programs until a signal or `stop()`."""

    def __init__(
        self, programs: Sequence[Program], *, write: Callable[[str], None] | None = None
    ) -> None:
        self.children = [Child(program) for program in programs]
        self.width = max([len(program.name) for program in programs] + [8])
        self._write = write or write_line
        self._writing = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._half: dict[IO[bytes], bytes] = {}
        self._wake_read, self._wake_write = os.pipe()
        self.stopping = False
        self._hurry = False

    def add(self, programs: Sequence[Program]) -> None:
        """More programs, before `run`."""
        self.children += [Child(program) for program in programs]
        self.width = max([self.width, *(len(program.name) for program in programs)])

    def say(self, line: str, *, name: str = "up") -> None:
        """One line in the common log. Any thread may call it."""
        with self._writing:
            self._write(f"{name:<{self.width}} | {line}")

    def listen(self, stream: IO[bytes], *, name: str) -> None:
        """Passes on the lines of `stream` (a pipe) under `name`."""
        os.set_blocking(stream.fileno(), False)
        self._half[stream] = b""
        self._selector.register(stream, selectors.EVENT_READ, name)

    def stop(self) -> None:
        """Ends `run`. Any thread and any signal handler may call it; the second call does not wait for anybody."""
        self._hurry = self.stopping
        self.stopping = True
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b".")

    def run(self, *, watch: Callable[[], None] | None = None) -> None:
        """Starts everything and returns when everything has stopped. `watch` is called several times a second."""
        before = {number: signal.signal(number, lambda *_: self.stop()) for number in SIGNALS}
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        try:
            for child in self.children:
                self._start(child)
            while not self.stopping:
                self._pass_on(TICK)
                self._restart_crashed()
                if watch:
                    watch()
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(self._wake_read)

    def _start(self, child: Child) -> None:
        self.listen(child.start(), name=child.program.name)

    def _restart_crashed(self) -> None:
        for child in self.children:
            if child.running:
                continue
            if child.process is not None:
                status = child.process.returncode
                pause = child.crashed()
                child.process = None
                self.say(
                    f"{child.program.name} ended ({ending(status)}); it starts again in {pause:.0f} s"
                )
            elif time.monotonic() >= child.start_again_at:
                self._start(child)

    def _stop_all(self) -> None:
        """Asks all at once, waits as long as each may take, then kills; goes on passing on what they say."""
        for child in self.children:
            child.ask_to_stop()
        asked_at = time.monotonic()
        while left := [child for child in self.children if child.running]:
            for child in left:
                if self._hurry or time.monotonic() - asked_at > child.program.patience:
                    self.say(f"{child.program.name} does not stop; it is killed")
                    child.kill()
            self._pass_on(TICK)
        for child in self.children:
            child.kill()  # what a program that ended may have left behind in its session
        while self._pass_on(0):  # their last words
            pass

    def _pass_on(self, seconds: float) -> bool:
        """Writes what was said within `seconds`; False if nobody said anything."""
        said_something = self._selector.select(seconds)
        for key, _ in said_something:
            if key.data is None:
                os.read(self._wake_read, 4096)
                continue
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
            said = os.read(stream.fileno(), 65536)
            *lines, self._half[stream] = (self._half[stream] + said).split(b"\n")
            if not said:
                lines = [rest] if (rest := self._half.pop(stream)) else []
                self._selector.unregister(stream)
                stream.close()
            for line in lines:
                if text := line.decode(errors="replace").rstrip():
                    self.say(text, name=key.data)
        return bool(said_something)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def write_line(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody reads the log any more; that stops no work
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
