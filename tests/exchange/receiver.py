"""A partner's webhook: a real HTTP server on this machine that answers as it is told, good or bad."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Received:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["x-pharmatrace-delivery"]

    @property
    def results(self) -> dict[str, Any]:
        return dict(orjson.loads(self.body)["epcisBody"]["queryResults"])

    @property
    def events(self) -> list[Any]:
        return list(self.results["resultsBody"]["eventList"])


class Receiver:
    """`answers` are sent one a request, then OK for ever: octets, or "die" (after the request was read), "hang"
    (until the end of the test), "drip" (an octet now and then)."""

    def __init__(self, tls: Any = None) -> None:
        self.answers: deque[bytes | str] = deque()
        self.requests: list[Received] = []
        self._tls = tls
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._socket.close()

    def will_answer(self, *answers: bytes | str | int) -> None:
        for one in answers:
            self.answers.append(status(one) if isinstance(one, int) else one)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._talk(connection)
        except OSError:
            pass  # they hung up

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as sent:
            path = sent.readline().decode().split(" ")[1]
            headers = {}
            while line := sent.readline().decode().strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = sent.read(int(headers.get("content-length", 0)))
        self.requests.append(Received(path, headers, body))
        answer = self.answers.popleft() if self.answers else OK
        if answer == "hang":
            self._over.wait(60)
        elif answer == "drip":
            while not self._over.is_set():
                connection.sendall(b"H")
                time.sleep(0.05)
        elif isinstance(answer, bytes):
            connection.sendall(answer)


def status(code: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {code} So", "Content-Length: 0"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
