"""One HTTP POST to a receiver that nobody vouches for: bounded in time and size, to a checked address.

Nothing of this process's surroundings takes part (no proxies, no .netrc, no cookies), no redirect is
followed, TLS is verified, and no more than 64 kB of an answer is read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from apps.exchange.webhooks.addresses import Forbidden, connect

CONNECT_WITHIN, READ_WITHIN = 5.0, 10.0  # seconds for each step
AT_MOST = 20.0  # seconds for everything: who sends an octet now and then ends here
MOST_READ = 65_536
LONGEST_WAIT = 86_400.0  # seconds; a Retry-After beyond it is taken for this


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where no answer came, and then `fault` says why. `retry_after` in seconds."""

    status: int
    fault: str = ""
    retry_after: float | None = None
    forbidden: bool = False


def post(url: str, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Answer:
    """What the receiver answered; never raises for anything that is the receiver's doing.

    `at` is now, for a Retry-After that is a date (RFC 9110 §10.2.3).
    """
    clock = _Deadline(AT_MOST)
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.mount("https://", _Adapter(clock))
    session.mount("http://", _Adapter(clock))
    try:
        with (
            clock,
            session,
            session.post(
                url, data=body, headers=dict(headers), timeout=(CONNECT_WITHIN, READ_WITHIN),
                allow_redirects=False, stream=True, verify=settings.WEBHOOK_CA_FILE or True,
            ) as response,
        ):  # fmt: skip
            wait = _seconds(response.headers.get("Retry-After"), at)
            _drain(response)
            return Answer(response.status_code, retry_after=wait)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return _no_answer(error, late=clock.is_over)


def _drain(response: requests.Response) -> None:
    """Lets the receiver finish its sentence. What it says does not matter, nor that it breaks off: the
    status is there."""
    with contextlib.suppress(HTTPError, OSError, ValueError):
        response.raw.read(MOST_READ, decode_content=False)


def _no_answer(error: BaseException, *, late: bool) -> Answer:
    if forbidden := _cause(error, Forbidden):
        return Answer(0, f"Not sent: {forbidden}.", forbidden=True)
    if late:
        return Answer(0, f"No answer within {AT_MOST:.0f} seconds.")
    if isinstance(error, requests.Timeout):
        return Answer(0, "No answer in time.")
    if isinstance(error, requests.exceptions.SSLError):
        return Answer(0, "Its TLS certificate does not hold, or TLS failed.")
    if _cause(error, socket.gaierror):
        return Answer(0, "Its name is not known.")
    if _cause(error, ConnectionRefusedError):
        return Answer(0, "It refuses connections.")
    return Answer(0, f"The connection broke ({type(error).__name__}).")


def _cause(error: BaseException, kind: type[Exception]) -> Exception | None:
    """The fault of `kind` that `error` was made of: libraries wrap one in another."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, kind):
            return one
        seen.add(id(one))
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None


def _seconds(text: str | None, at: datetime) -> float | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        return min(max((moment - at).total_seconds(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


class _Deadline:
    """Shuts the connection down when the time is over, whatever it is doing then."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        self._socket = connection.dup()  # TLS wraps the connection and takes the original away
        if self.is_over:
            self._end()

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
    """Connections of this adapter go through `addresses.connect`, and under the deadline."""

    def __init__(self, clock: _Deadline) -> None:
        self._clock = clock
        super().__init__(max_retries=0, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        clock = self._clock

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connected(self, clock, plain=True)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connected(self, clock, plain=False)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _connected(of: Any, clock: _Deadline, *, plain: bool) -> socket.socket:
    connection = connect(of.host, of.port, plain=plain, timeout=CONNECT_WITHIN)
    clock.watch(connection)
    return connection


def host_of(url: str) -> str:
    """What the log may say of a destination: its path and query may hold a secret."""
    return urlsplit(url).hostname or ""
