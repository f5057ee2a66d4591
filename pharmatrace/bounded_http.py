"""HTTP to others, bounded in time and size: for anchors and for webhooks.

Nothing of this process's surroundings takes part (no proxies, no .netrc, no cookies of others), no redirect is followed
by itself, and TLS is verified. The deadline holds for everything: whoever sends an octet now and then ends there, too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

TIMEOUTS = CONNECT_WITHIN, READ_WITHIN = 5.0, 10.0  # seconds for each step
AT_MOST = 20.0  # seconds for everything
MOST_READ = 65_536

Connect = Callable[[str, int, bool], socket.socket]
"""(host, port, without TLS) → a connection; raises to refuse."""


class Deadline:
    """Shuts the connection down when the time is over, whatever it is doing then."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> socket.socket:
        self._socket = connection.dup()  # TLS wraps the connection and takes the original away
        if self.is_over:
            self._end()
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


def bounded_session(clock: Deadline, *, connect: Connect | None = None) -> requests.Session:
    """A session whose connections are under the deadline, and are made by `connect` where it is given. Ask it with
    `timeout=TIMEOUTS, allow_redirects=False, stream=True`, and read no more than MOST_READ."""
    session = requests.Session()
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(clock, connect))
    return session


class _Adapter(HTTPAdapter):
    def __init__(self, clock: Deadline, connect: Connect | None) -> None:
        self._clock, self._connect = clock, connect
        super().__init__(max_retries=0, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        clock, connect = self._clock, self._connect

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                made = connect(self.host, self.port, True) if connect else super()._new_conn()
                return clock.watch(made)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = connect(self.host, self.port, False) if connect else super()._new_conn()
                return clock.watch(made)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
