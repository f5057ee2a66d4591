"""Witnesses for tests: real programs, and servers that answer whatever a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from apps.ledger.log_key import load_log_key
from apps.ledger.witnessing import startup
from pharmatrace.witness.keys import WitnessKeys
from tests.witness.growing_log import GrowingLog

Answer = tuple[int, Mapping[str, str], bytes]
"""(status, headers, body)"""


def write_policy(
    settings: Any, folder: Path, witnesses: Mapping[str, tuple[WitnessKeys, str]], quorum: str
) -> None:
    """Names (keys, address) → a policy with the Ed25519 keys, in force; `quorum` is all, any or a number.
    The start of the process counts as over: whoever tests it calls `start_again`."""
    lines = [f"witness {name} {keys.vkeys()[0]} {url}" for name, (keys, url) in witnesses.items()]
    lines += [f"group enough {quorum} {' '.join(witnesses)}", "quorum enough", ""]
    path = folder / "policy.txt"
    path.write_text("\n".join(lines))
    settings.WITNESS_POLICY_FILE = str(path)
    from django.db import connection

    startup._asked.add((str(connection.settings_dict["NAME"]), settings.LOG_ORIGIN, str(path)))


def start_again() -> None:
    """As a process that has sealed nothing yet."""
    startup._asked.clear()


def same_log_elsewhere(origin: str) -> GrowingLog:
    """Another history under the same origin and the same key."""
    log = GrowingLog(origin, history="elsewhere")
    log.signer = load_log_key(origin)
    return log


class Liar(HTTPServer):
    """Counts requests; `reply(method, path, body)` makes the answer."""

    def __init__(self, reply: Callable[[str, str, bytes], Answer]) -> None:
        self.reply = reply
        self.asked: list[tuple[str, str, bytes]] = []
        super().__init__(("127.0.0.1", 0), LiarHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class LiarHandler(BaseHTTPRequestHandler):
    server: Liar

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append((self.command, self.path, body))
        status, headers, answer = self.server.reply(self.command, self.path, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def liar(reply: Callable[[str, str, bytes], Answer]) -> Iterator[Liar]:
    server = Liar(reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
