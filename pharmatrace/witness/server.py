"""The witness as a program: HTTP/1.1 with keep-alive, one line in its log for every request."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import socketserver
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pharmatrace.kernel.tlog.witness_protocol import MAX_REQUEST, TEXT_TYPE
from pharmatrace.witness.answering import Answer, Store, add_checkpoint, add_key, latest_checkpoint
from pharmatrace.witness.keys import WitnessKeys

MAX_CONNECTIONS = 64
IDLE_SECONDS = 30.0

_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)


class WitnessServer(ThreadingHTTPServer):
    """Listens at once; `serve` answers until `stop`. What is being answered is answered to the end."""

    daemon_threads = False
    allow_reuse_address = True

    def __init__(
        self,
        address: tuple[str, int],
        *,
        store: Store,
        keys: WitnessKeys,
        say: Callable[[str], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store, self.keys, self.say, self.clock = store, keys, say, clock
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def serve(self) -> None:
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            with self._lock:
                for one in self._connections:  # those that wait for a next request wait no longer
                    with contextlib.suppress(OSError):
                        one.shutdown(socket.SHUT_RD)
            self.server_close()

    def stop(self) -> None:
        """Ends `serve`. Any thread and any signal handler may call it."""
        threading.Thread(target=self.shutdown).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            full = len(self._connections) >= MAX_CONNECTIONS
            if not full:
                self._connections.add(request)
        if full:
            self.say(f"{client_address[0]} 503 there are {MAX_CONNECTIONS} connections already")
            with contextlib.suppress(OSError):
                request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n")
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.say(f"{client_address[0]} the connection broke off")

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks DNS for our name
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pharmatrace-witness", ""
    timeout = IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True
    server: WitnessServer

    def do_POST(self) -> None:
        self.answer(self.posted)

    def do_GET(self) -> None:
        self.answer(self.asked)

    do_HEAD = do_GET

    def handle_expect_100(self) -> bool:
        """Who asks whether to send the body (Expect: 100-continue) waits for the answer, which no buffer may keep."""
        told = super().handle_expect_100()
        self.wfile.flush()
        return told

    def posted(self) -> Answer:
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not _LENGTH.fullmatch(length):
            return self.unread(HTTPStatus.LENGTH_REQUIRED, "A request says how long it is.")
        if int(length) > MAX_REQUEST:
            sentence = f"The request has more than {MAX_REQUEST} bytes."
            return self.unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self.unread(HTTPStatus.BAD_REQUEST, "The request ended early.")
        server = self.server
        if self.path == "/add-key":
            return add_key(body, store=server.store)
        if self.path != "/add-checkpoint":
            return told(HTTPStatus.NOT_FOUND, "Checkpoints are sent to /add-checkpoint.")
        return add_checkpoint(body, store=server.store, keys=server.keys, clock=server.clock)

    def asked(self) -> Answer:
        found = _CHECKPOINT.fullmatch(self.path)
        if self.path == "/add-checkpoint":
            return told(HTTPStatus.METHOD_NOT_ALLOWED, "Checkpoints are sent with POST.")
        if found is None:
            return told(HTTPStatus.NOT_FOUND, "There is /add-checkpoint and /<hash>/checkpoint.")
        return latest_checkpoint(found[1], store=self.server.store)

    def answer(self, make: Callable[[], Answer]) -> None:
        try:
            answer = make()
        except OSError:
            raise  # the connection, not the answer
        except (
            Exception
        ) as fault:  # a store that fails, a key that cannot sign: never cosigned, always said
            self.server.say(f"FAULT {fault!r}")
            answer = told(HTTPStatus.INTERNAL_SERVER_ERROR, "The witness cannot store it.")
        self.say(answer.status, answer.told)
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def unread(self, status: int, sentence: str) -> Answer:
        self.close_connection = True  # what follows on it would be the rest of this request
        return told(status, sentence)

    def say(self, status: int, sentence: str) -> None:
        self.server.say(f"{self.client_address[0]} {self.requestline!r} {int(status)} {sentence}")

    def log_error(self, format: str, *args: Any) -> None:
        """What http.server itself refuses."""
        self.server.say(f"{self.client_address[0]} {(format % args)!r}")

    def log_request(self, *_: Any) -> None:
        """Said by `say`."""


def told(status: int, sentence: str) -> Answer:
    return Answer(int(status), TEXT_TYPE, f"{sentence}\n".encode(), sentence)


def stop_at_signals(server: WitnessServer) -> None:
    """SIGTERM and Ctrl-C end it in order. Call it from the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
