"""The public files of a log: from a folder, or from a server. The one place in the kernel that may leave the
machine, and only where a command was given an address."""

from __future__ import annotations

import errno
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from stat import S_ISREG
from urllib.parse import urlsplit

from pharmatrace.kernel.tlog.audit import Missing, Source

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
SECONDS = 30
MOST_BYTES = 64 * 1024 * 1024
AHEAD = 16


class Unreachable(Exception):
    """The server does not answer as a server of a log does."""


class Folder:
    """A folder as `manage.py publish` writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        """Raises Missing, also for what is no file (a device would never end), and Unreachable for one that is larger
        than any of a log."""
        place = self.root / path
        try:
            found = place.stat()
            if not S_ISREG(found.st_mode):
                raise Missing(path)
            if found.st_size > MOST_BYTES:
                raise Unreachable(
                    f"{place} has {found.st_size:,} bytes: no file of a log is as large"
                )
            return place.read_bytes()
        except OSError as fault:
            if fault.errno in NOT_THERE:
                raise Missing(path) from None
            raise


class Server:
    """A log at an address; its prefix, such as `https://trace.example.org/log/`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise Unreachable(f"{address} is no address of a log (https://…/log/)")
        self.address = address.rstrip("/") + "/"

    def read(self, path: str) -> bytes:
        """Raises Missing, Unreachable."""
        request = urllib.request.Request(  # noqa: S310 (the scheme was looked at)
            self.address + path, headers={"Accept-Encoding": "gzip", "User-Agent": "pharmatrace"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read(MOST_BYTES)
                packed = answer.headers.get("Content-Encoding") == "gzip"
            return _unpacked(content) if packed else content
        except urllib.error.HTTPError as fault:
            if fault.code == 404:
                raise Missing(path) from None
            raise Unreachable(f"{self.address}{path}: {fault.code} {fault.reason}") from None
        except Exception as fault:  # what is no HTTP has errors of its own, which are no OSError
            raise Unreachable(f"{self.address}{path}: {fault!r}") from None


def _unpacked(content: bytes) -> bytes:
    """What gzip packed, and no more of it than a file of a log can have."""
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(content, MOST_BYTES)
    if not unpacker.eof:
        raise zlib.error("the answer is cut off or far too large")
    return unpacked


class ReadAhead:
    """A source that fetches what will be asked next while the last is being hashed. `coming` are the paths
    in the order in which they will be asked; others are read when they are asked."""

    def __init__(self, source: Source, coming: Iterator[str], pool: ThreadPoolExecutor) -> None:
        self._source, self._coming, self._pool = source, coming, pool
        self._waiting: dict[str, Future[bytes]] = {}

    def read(self, path: str) -> bytes:
        while len(self._waiting) < AHEAD:
            following = next(self._coming, None)
            if following is None:
                break
            self._waiting[following] = self._pool.submit(self._source.read, following)
        taken = self._waiting.pop(path, None)
        return self._source.read(path) if taken is None else taken.result()
