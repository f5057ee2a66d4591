"""The supervisor keeps programs running, merges what they say, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pharmatrace.embedded.server import wait_until
from pharmatrace.supervisor import Program, Supervisor

SAY_AND_WAIT = "import time; print('here'); time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here'); time.sleep(600)"
CRASH = "print('oh'); raise SystemExit(3)"


def python(name: str, code: str, *, patience: float = 10.0) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code], patience=patience)


def run_until(supervisor: Supervisor, lines: list[str], wanted: str) -> None:
    """Runs until a line that contains `wanted` was said; fails after 20 s."""
    timer = threading.Timer(20, supervisor.stop)
    timer.start()

    def watch() -> None:
        if any(wanted in line for line in lines):
            supervisor.stop()

    supervisor.run(watch=watch)
    timer.cancel()
    assert any(wanted in line for line in lines), lines


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_what_programs_say_becomes_one_log_with_names() -> None:
    lines: list[str] = []
    supervisor = Supervisor(
        [python("web", SAY_AND_WAIT), python("worker", SAY_AND_WAIT)], write=lines.append
    )
    seen: set[str] = set()

    def watch() -> None:
        seen.update(line.split()[0] for line in lines if line.endswith("| here"))
        if seen == {"web", "worker"}:
            supervisor.stop()

    threading.Timer(20, supervisor.stop).start()
    supervisor.run(watch=watch)
    assert seen == {"web", "worker"}


def test_half_a_line_waits_for_its_other_half() -> None:
    code = "import sys,time; sys.stdout.write('on'); sys.stdout.flush(); time.sleep(.5); print('e line'); time.sleep(600)"
    lines: list[str] = []
    run_until(Supervisor([python("web", code)], write=lines.append), lines, "one line")


def test_a_crashed_program_starts_again() -> None:
    lines: list[str] = []
    supervisor = Supervisor([python("web", CRASH)], write=lines.append)
    supervisor.children[0].pause = 0.05
    threading.Timer(20, supervisor.stop).start()

    def watch() -> None:
        if sum(line.endswith("| oh") for line in lines) >= 2:
            supervisor.stop()

    supervisor.run(watch=watch)
    assert sum(line.endswith("| oh") for line in lines) >= 2
    assert any("exit status 3" in line for line in lines)


def test_the_pause_grows_while_a_program_keeps_crashing() -> None:
    child = Supervisor([python("web", CRASH)]).children[0]
    child.start().close()
    assert child.process
    child.process.wait()
    assert [child.crashed() for _ in range(6)] == [2, 4, 8, 16, 30, 30]


def test_nothing_is_running_after_it_ended() -> None:
    lines: list[str] = []
    supervisor = Supervisor([python("web", SAY_AND_WAIT)], write=lines.append)
    run_until(supervisor, lines, "here")
    process = supervisor.children[0].process
    assert process and process.returncode == -signal.SIGTERM


def test_a_program_that_does_not_listen_is_killed() -> None:
    lines: list[str] = []
    supervisor = Supervisor([python("deaf", DEAF, patience=0.3)], write=lines.append)
    run_until(supervisor, lines, "here")
    assert any("does not stop" in line for line in lines)
    process = supervisor.children[0].process
    assert process and process.returncode == -signal.SIGKILL


def test_what_a_program_started_itself_ends_with_it() -> None:
    code = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '600']); print('pid', p.pid); time.sleep(600)"
    lines: list[str] = []
    run_until(Supervisor([python("web", code)], write=lines.append), lines, "pid ")
    grandchild = int(next(line for line in lines if "pid " in line).split()[-1])
    assert wait_until(lambda: not alive(grandchild), 5)


ALONE = """
import sys
from pharmatrace.supervisor import Program, Supervisor
supervisor = Supervisor([Program("web", [sys.executable, "-u", "-c", "import os, time; print('pid', os.getpid()); time.sleep(600)"])])
supervisor.run()
print("all stopped", flush=True)
"""


def supervisor_in_a_process() -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    return process, int(process.stdout.readline().split()[-1])


@pytest.mark.parametrize("request_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(request_: signal.Signals) -> None:
    process, child = supervisor_in_a_process()
    process.send_signal(request_)
    assert process.communicate(timeout=20)[0].endswith("all stopped\n")
    assert not alive(child)


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is a Linux feature")
def test_a_killed_supervisor_takes_its_programs_with_it() -> None:
    process, child = supervisor_in_a_process()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert wait_until(lambda: not alive(child), 10)
