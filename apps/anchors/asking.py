"""HTTP to time-stamp authorities, calendars and nodes: bounded in time and size, nowhere else than asked.

Nothing of this process's surroundings takes part (no proxies, no .netrc, no cookies), no redirect is followed,
and TLS is verified.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

CONNECT_WITHIN, READ_WITHIN = 5.0, 10.0  # seconds for each step
AT_MOST = 20.0  # seconds for everything: who sends an octet now and then ends here
MOST_READ = 65_536


class Unreachable(Exception):
    """No answer, or none that can be used. Worth another try later."""


class Absent(Unreachable):
    """404: what was asked for is not there, or not yet."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body of the answer 200. Raises Unreachable."""
    return _ask("POST", url, body, headers)


def get(url: str, headers: Mapping[str, str]) -> bytes:
    """The body of the answer 200. Raises Unreachable, Absent."""
    return _ask("GET", url, None, headers)


def _ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """The sentences of what is raised hold no address: a node's may hold a password."""
    clock, session = _Deadline(AT_MOST), requests.Session()
    session.trust_env = False
    session.mount("https://", _Adapter(clock))
    session.mount("http://", _Adapter(clock))
    try:
        with (
            clock,
            session,
            session.request(
                method, url, data=body, headers=dict(headers), timeout=(CONNECT_WITHIN, READ_WITHIN),
                allow_redirects=False, stream=True,
            ) as response,
        ):  # fmt: skip
            if response.status_code == 404:
                raise Absent("it answers 404: not there")
            if response.status_code != 200:
                raise Unreachable(f"it answers {response.status_code}")
            return _read(response, clock)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        if clock.is_over:
            raise Unreachable(f"no whole answer within {AT_MOST:.0f} seconds") from error
        raise Unreachable(f"no answer ({type(error).__name__})") from error


def _read(response: requests.Response, clock: _Deadline) -> bytes:
    data = b""
    while more := response.raw.read1(MOST_READ):
        data += more
        if len(data) > MOST_READ:
            raise Unreachable(f"its answer has more than {MOST_READ:,} bytes")
    if clock.is_over:
        raise Unreachable(f"no whole answer within {AT_MOST:.0f} seconds")
    return data


class _Deadline:
    """Shuts the connection down when the time is over, whatever it is doing then."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> socket.socket:
        self._socket = connection.dup()  # TLS wraps the connection and takes the original away
        return connection

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._socket is not None:
            self._socket.close()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._socket.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Connections of this adapter are under the deadline."""

    def __init__(self, clock: _Deadline) -> None:
        self._clock = clock
        super().__init__(max_retries=0, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        clock = self._clock

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return clock.watch(super()._new_conn())

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return clock.watch(super()._new_conn())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
