"""HTTP load on loopback: clients who wait for their answer, and clients who come at a fixed rate."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Answered:
    """Seconds per answered request, and what was not as it should be (status and body)."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[tuple[int, bytes]] = field(default_factory=list)
    elapsed: float = 0.0

    def must_be_right(self) -> Answered:
        if self.wrong:
            status, body = self.wrong[0]
            raise RuntimeError(f"{len(self.wrong)} requests failed; {status}: {body[:600]!r}")
        return self


def closed_loop(address: tuple[str, int], requests: Sequence[Request], *, clients: int) -> Answered:
    """Each client sends its next request when the last is answered."""
    return _run(address, requests, clients=clients, due=lambda _: None)


def open_loop(
    address: tuple[str, int], requests: Sequence[Request], *, per_second: float, clients: int
) -> Answered:
    """Requests come when they are due, answered or not; a wait in the queue counts as time."""
    start = time.perf_counter() + 0.2
    return _run(address, requests, clients=clients, due=lambda number: start + number / per_second)


def _run(
    address: tuple[str, int],
    requests: Sequence[Request],
    *,
    clients: int,
    due: Callable[[int], float | None],
) -> Answered:
    answered = Answered()
    numbers = iter(range(len(requests)))
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection(*address, timeout=120)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            begun = _wait_for(due(number))
            status, body = _send(connection, requests[number])
            took = time.perf_counter() - begun
            with lock:
                answered.seconds.append(took)
                if status != 200:
                    answered.wrong.append((status, body))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered.elapsed = time.perf_counter() - begun
    return answered


def _wait_for(due: float | None) -> float:
    """Sleeps until `due`; returns the moment the request counts from."""
    now = time.perf_counter()
    if due is None:
        return now
    if due > now:
        time.sleep(due - now)
    return due


def _send(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """Once more on a fresh connection where the server closed the idle one."""
    for attempt in (1, 2):
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()
            if attempt == 2:
                raise
    raise AssertionError("unreachable")
