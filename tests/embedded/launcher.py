"""Starts the private PostgreSQL of a folder, says so, and waits to be stopped: launcher.py <folder>

Run as a program, so that a test can kill it, or run it as another account.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import contextlib

from pharmatrace.embedded import cluster
from pharmatrace.embedded.location import locate
from pharmatrace.embedded.server import Server


def main(var: Path) -> None:
    var.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    location = locate(var)
    with Server(location, durable=False) as server:
        connection = cluster.connect(location)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity")
        connection.close()
        assert server.process
        with contextlib.suppress(KeyboardInterrupt):  # the signal may come before print returns
            print(f"ready {server.process.pid} {location.account.name} {os.getpid()}", flush=True)
            signal.pause()
    print("stopped", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
