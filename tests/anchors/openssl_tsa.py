"""A time-stamp authority of openssl on loopback, with a root of its own, and ways in which it misbehaves."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

Answer = tuple[int, bytes, dict[str, str]]
POLICY = "1.2.3.4.1"
CONFIG = """
[tsa]
default_tsa = own
[own]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
certs = $dir/chain.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
"""


def openssl(*words: str | Path, data: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class OpensslTsa:
    """Root, intermediate authority and signer in `folder`, all keys P-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.config = folder / "tsa.conf"
        self.config.write_text(CONFIG.format(folder=folder, policy=POLICY))
        (folder / "serial").write_text("01\n")
        self._certificate("root", None, "root")
        self._certificate("middle", "root", "root")
        self._certificate("tsa", "middle", "stamps")
        (folder / "chain.pem").write_bytes((folder / "middle.pem").read_bytes())

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, question: bytes) -> bytes:
        """`openssl ts -reply`."""
        asked = self.folder / "asked.tsq"
        asked.write_bytes(question)
        return openssl("ts", "-reply", "-config", self.config, "-queryfile", asked)

    def stamp(self, data: bytes, *options: str) -> bytes:
        """A response over the data; `options` of `openssl ts -query`."""
        file = self.folder / "data"
        file.write_bytes(data)
        hashed = () if {"-sha512"} & set(options) else ("-sha256",)
        return self.reply(openssl("ts", "-query", "-data", file, *hashed, "-cert", *options))

    def verifies(self, token: bytes, data: bytes) -> bool:
        """`openssl ts -verify`."""
        (self.folder / "x.tsr").write_bytes(token)
        (self.folder / "x").write_bytes(data)
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-in", self.folder / "x.tsr", "-data", self.folder / "x",
             "-CAfile", self.root],
            capture_output=True,
        )  # fmt: skip
        return done.returncode == 0

    def _certificate(self, name: str, issuer: str | None, section: str) -> None:
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN=Testing {name}", "-out", request)
        signed_by = (
            [
                "-CA",
                self.folder / f"{issuer}.pem",
                "-CAkey",
                self.folder / f"{issuer}.key",
                "-CAcreateserial",
            ]
            if issuer
            else ["-signkey", key]
        )
        openssl(
            "x509", "-req", "-in", request, *signed_by, "-days", "2", "-out", certificate,
            "-extfile", self.config, "-extensions", section,
        )  # fmt: skip


@contextmanager
def serving(answer: Callable[[str, str, bytes], Answer]) -> Iterator[str]:
    """An HTTP server on loopback; `answer(method, path, body)` → status, body, headers. Yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            status, content, headers = answer(self.command, self.path, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
