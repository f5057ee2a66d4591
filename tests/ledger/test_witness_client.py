"""HTTP to a witness: whatever it sends, nobody is held up and nothing large is read."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apps.ledger.witnessing.client import MAX_ANSWER, NoReply, get, post
from tests.ledger.witnesses import liar

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@contextmanager
def raw(*parts: bytes, hold: bool = False) -> Iterator[str]:
    """A server that sends these bytes to whoever comes, and then closes, or holds on until the end."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)
            if hold:
                over.wait(20)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        over.set()
        thread.join()
        listening.close()


def test_an_answer_is_read_whole() -> None:
    with liar(lambda method, path, body: (409, {"Content-Type": "a/b"}, body * 2)) as server:
        reply = post(f"{server.url}add-checkpoint", b"old 0\n", seconds=5)
    assert (reply.status, reply.content_type, reply.body) == (409, "a/b", b"old 0\nold 0\n")


def test_a_redirect_is_an_answer() -> None:
    with liar(lambda *_: (302, {"Location": "/elsewhere"}, b"")) as server:
        assert get(f"{server.url}x", seconds=5).status == 302
        assert len(server.asked) == 1


def test_proxies_and_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    monkeypatch.delenv("no_proxy", raising=False)
    with liar(lambda *_: (200, {"Set-Cookie": "a=b"}, b"ok")) as server:
        assert get(server.url, seconds=5).body == get(server.url, seconds=5).body == b"ok"


@pytest.mark.parametrize(
    ("parts", "hold", "sentence"),
    [
        ((HEAD + b"\r\n", b"x" * (MAX_ANSWER + 1)), False, "more than 65536 bytes"),
        ((HEAD + b"Content-Length: 9\r\n\r\nabc",), True, "broke off|not answer"),
        ((HEAD + b"Content-Length: 9\r\n\r\nabc",), False, "broke off|not answer"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",), False, "broke off|not answer"),
        ((b"SSH-2.0-OpenSSH\r\n",), False, "not answer"),
        ((b"",), False, "not answer"),
        ((b"",), True, "not answer"),
    ],
)
def test_what_is_no_answer_is_said(parts: tuple[bytes, ...], hold: bool, sentence: str) -> None:
    with raw(*parts, hold=hold) as url, pytest.raises(NoReply, match=sentence):
        get(url, seconds=0.3)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://[::/", "gopher://x/"):
        with pytest.raises(NoReply, match="not answer"):
            get(url, seconds=0.3)
