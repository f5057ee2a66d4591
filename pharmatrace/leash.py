"""Starts a program which does not outlive the process that started it, and may run as another account.

Run as a script (`command()` builds the call), so that nothing of ours runs between fork and exec of a process
with threads: python -I -S leash.py <signal> <parent pid> <uid> <gid> <program> [<argument> …]
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when the thread that started it ends
KEEP = -1


def command(
    program: Sequence[str], *, on_death: signal.Signals, uid: int = KEEP, gid: int = KEEP
) -> list[str]:
    """The call that runs `program` on a leash held by this process: `on_death` is what it gets when we die.

    Start it from the main thread. Elsewhere than on Linux there is no leash, the program just runs.
    """
    leash = [sys.executable, "-I", "-S", __file__, str(int(on_death)), str(os.getpid())]
    return [*leash, str(uid), str(gid), *program]


def run(on_death: int, parent: int, uid: int, gid: int, program: Sequence[str]) -> None:
    """Becomes `program`. Ends at once if the parent is already gone."""
    if uid != KEEP:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid: changing the account clears the setting (prctl(2)).
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, on_death)
        if os.getppid() != parent:
            raise SystemExit(1)
    os.execv(program[0], list(program))  # noqa: S606 - no shell, and that is the point


if __name__ == "__main__":
    death, parent_pid, user, group = (int(word) for word in sys.argv[1:5])
    run(death, parent_pid, user, group, sys.argv[5:])
