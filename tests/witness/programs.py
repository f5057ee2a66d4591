"""A real witness process on loopback."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pharmatrace.witness.keys import make_keys
from tests.docker.processes import ROOT


@dataclass
class Program:
    """`said` grows; `connection` is kept alive."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def post(
        self, body: bytes, *, over: http.client.HTTPConnection | None = None
    ) -> tuple[int, str, bytes]:
        connection = over or self.connect()
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        told = answer.status, answer.headers["Content-Type"], answer.read()
        if over is None:
            connection.close()
        return told

    def ended(self) -> str:
        """What it said; it must have been asked to stop."""
        said, _ = self.process.communicate(timeout=15)
        return said


@contextmanager
def witness(folder: Path, *more: str, name: str = "w.example/1") -> Iterator[Program]:
    """Starts `python -m pharmatrace.witness` and waits until it listens."""
    make_keys(folder / "keys", name)
    command = [sys.executable, "-m", "pharmatrace.witness", "--port", "0"]
    command += ["--store", str(folder / "witness.sqlite"), "--keys", str(folder / "keys"), *more]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"listens at http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + process.stdout.read()
        yield Program(process, int(found[1]), folder)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
