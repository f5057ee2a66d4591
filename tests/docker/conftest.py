"""An installation like that of compose.yaml: a PostgreSQL over TCP with two roles, a real Redis, secrets as files."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pharmatrace.embedded import cluster
from pharmatrace.embedded.location import APPLICATION, DATABASE, OWNER, locate
from pharmatrace.embedded.server import Server
from tests.docker.processes import PASSWORD, ROOT, free_port, until


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

    def listening() -> bool:
        socket.create_connection(("127.0.0.1", port)).close()
        return True

    until(listening)
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
