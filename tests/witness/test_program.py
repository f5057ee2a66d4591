"""The witness as a program: a real process, real HTTP, no Django."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pharmatrace.kernel.tlog.witness_protocol import MAX_REQUEST, SIZE_TYPE, origin_hash
from tests.docker.processes import ROOT
from tests.witness.growing_log import GrowingLog
from tests.witness.programs import Program, witness

LOG = GrowingLog()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with witness(tmp_path, "--log", LOG.vkey) as program:
        yield program


def get(program: Program, path: str) -> tuple[int, bytes]:
    connection = program.connect()
    connection.request("GET", path)
    answer = connection.getresponse()
    told = answer.status, answer.read()
    connection.close()
    return told


def test_it_cosigns_over_one_kept_connection_and_says_one_line_a_request(program: Program) -> None:
    connection = program.connect()
    first = program.post(LOG.request(0, 5), over=connection)
    kept = connection.sock
    assert (first[0], program.post(LOG.request(5, 9), over=connection)[0]) == (200, 200)
    assert connection.sock is kept
    assert program.post(LOG.request(5, 9), over=connection) == (409, SIZE_TYPE, b"9\n")
    monitoring = f"/{origin_hash(LOG.origin)}/checkpoint"
    assert get(program, monitoring)[1].decode().startswith(LOG.note(9))
    connection.close()
    program.process.send_signal(signal.SIGTERM)
    said = program.ended().splitlines()
    assert program.process.returncode == 0
    assert [line.partition("' ")[2] for line in said[:4]] == [
        "200 cosigned 'log.example' at 5 entries",
        "200 cosigned 'log.example' at 9 entries",
        "409 The latest cosigned checkpoint has 9 entries, not 5.",
        "200 told what was cosigned last",
    ]
    assert said[-1] == "stopped"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: -1\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9999999999999999\r\n\r\n", 411),
        (
            b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: %d\r\n\r\n"
            % (MAX_REQUEST + 1),
            413,
        ),
        (
            b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Length: 0\r\n\r\n0\r\n\r\n",
            411,
        ),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 3\r\n\r\nold", 400),
        (b"POST /elsewhere HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\n\r\n", 404),
        (b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 405),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: w\r\n\r\n", 404),
        (b"GET /" + b"0" * 64 + b"/checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 404),
        (b"DELETE /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 501),
        (b"\x00\xff\x1b[2J\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_said(program: Program, sent: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", program.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert f" {status} ".encode() in answer.partition(b"\r\n")[0] or str(status).encode() in answer
    assert program.post(LOG.request(0, 3))[0] == 200
    program.process.send_signal(signal.SIGTERM)
    said = program.ended()
    assert "\x1b" not in said and str(status) in said


def test_who_asks_whether_to_send_is_told_to_go_on(program: Program) -> None:
    body = LOG.request(0, 5)
    with socket.create_connection(("127.0.0.1", program.port), timeout=10) as connection:
        connection.sendall(
            b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nExpect: 100-continue\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_it_remembers_over_a_kill(tmp_path: Path) -> None:
    with witness(tmp_path, "--log", LOG.vkey) as program:
        assert program.post(LOG.request(0, 5))[0] == 200
        program.process.kill()
    with witness(tmp_path) as program:
        other = GrowingLog(history="other")
        assert program.post(other.request(0, 9)) == (409, SIZE_TYPE, b"5\n")
        assert program.post(other.request(5, 9))[0] == 422
        assert program.post(LOG.request(5, 9))[0] == 200


def test_an_idle_connection_does_not_hold_it_up_when_it_is_to_stop(program: Program) -> None:
    connection = program.connect()
    program.post(LOG.request(0, 5), over=connection)
    program.process.send_signal(signal.SIGTERM)
    assert "stopped" in program.ended()
    connection.close()


@pytest.mark.parametrize("module", [["-m", "pharmatrace.witness"], ["manage.py", "witness"]])
def test_it_explains_itself(module: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, *module, "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0
    assert "How to run it on a laptop" in told.stdout
    assert "Never go back to an" in told.stdout


def test_it_needs_no_django() -> None:
    code = "import sys, pharmatrace.witness.command; print('django' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout == "False\n"


def test_it_does_not_start_without_its_keys(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pharmatrace.witness", "--keys", str(tmp_path), "--show-keys"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1 and "cannot be read" in told.stderr
    told = subprocess.run(
        [*command, "--name", "w.example"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.stdout.count("w.example+") == 2
