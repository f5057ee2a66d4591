"""Whoever is asked may be slow, endless or elsewhere: each ends in time, and no address is told."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from apps.anchors import asking
from apps.anchors.asking import Absent, Unreachable, get, post
from tests.anchors.openssl_tsa import Answer, serving


@contextmanager
def talking(speak: Callable[[socket.socket, Event], None]) -> Iterator[str]:
    """A server that speaks its own way to whoever comes."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                speak(connection, over)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


def drip(connection: socket.socket, over: Event, text: bytes) -> None:
    try:
        for _ in range(10_000):
            connection.sendall(text)
            if over.wait(0.01):
                return
    except OSError:
        return


def headers_without_end(connection: socket.socket, over: Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    drip(connection, over, b"x")


def body_without_end(connection: socket.socket, over: Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    drip(connection, over, b"x")


def silence(connection: socket.socket, over: Event) -> None:
    over.wait(10)


@pytest.mark.parametrize("speak", [headers_without_end, body_without_end, silence])
def test_who_never_comes_to_an_end_is_left_in_time(
    speak: Callable[[socket.socket, Event], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_MOST", 0.3)
    with talking(speak) as url, pytest.raises(Unreachable, match="no whole answer within") as told:
        post(url, b"x", {})
    assert "127.0.0.1" not in str(told.value)


ANSWERS: dict[str, tuple[Answer, str]] = {
    "redirect": ((307, b"", {"Location": "http://127.0.0.1:1/"}), "it answers 307"),
    "fault": ((500, b"", {}), "it answers 500"),
    "created": ((201, b"x", {}), "it answers 201"),
    "much": ((200, b"x" * 65_537, {}), "more than 65,536 bytes"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_cannot_be_used_says_why(name: str) -> None:
    answer, sentence = ANSWERS[name]
    with serving(lambda *asked: answer) as url, pytest.raises(Unreachable, match=sentence):
        get(url, {})


def test_absence_is_told_apart() -> None:
    with serving(lambda *asked: (404, b"", {})) as url, pytest.raises(Absent):
        get(url, {})


def test_proxies_of_the_surroundings_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving(lambda *asked: (200, asked[2] + asked[1].encode(), {})) as url:
        assert post(f"{url}/there", b"asked ", {}) == b"asked /there"


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(Unreachable, match=r"no answer \(ConnectionError\)"):
        get("http://127.0.0.1:1/password", {})
