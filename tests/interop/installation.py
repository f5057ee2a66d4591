"""A whole installation of its own: `manage.py up` in a folder, on a port, with everything that runs there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.docker.processes import ROOT, free_port

SECONDS = 180.0


class Installation:
    """`folder` is deleted when it stops."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"pharmatrace-{name}-"))
        if os.geteuid() == 0:
            self.folder.chmod(0o711)
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PHARMATRACE_")}
        self.environ = {
            **kept, "PHARMATRACE_VAR": str(self.folder / "var"), "PORT": str(self.port),
            "LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "pharmatrace.settings",
        }  # fmt: skip
        self.log = self.folder / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Installation:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            cwd=ROOT, env=self.environ, stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.until(lambda: self.get("/health/")[0] == 200, "is healthy")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """The first true value of `condition`; fails with the log when there is none in time."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                if found := condition():
                    return found
            except OSError:
                pass
            time.sleep(0.3)
        pytest.fail(
            f"{self.address}: waited {SECONDS:.0f} s until it {what}\n{self.log.read_text()[-3000:]}"
        )

    def manage(self, *command: str, typed: str = "") -> str:
        """What a management command says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environ, input=typed,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = ""
    ) -> tuple[int, bytes]:
        request = urllib.request.Request(
            self.address + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read()

    def get(self, path: str, *, token: str = "") -> tuple[int, bytes]:
        return self.ask("GET", path, token=token)

    def post(self, path: str, body: Any, *, token: str) -> Any:
        status, content = self.ask("POST", path, body, token=token)
        assert 200 <= status < 300, (status, content)
        return json.loads(content) if content else None
