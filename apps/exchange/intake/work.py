"""A folder of ours for each file that is being worked on: its copy, its lines, what became of them.

Partners cannot reach it, so what was read is what was hashed, whatever somebody still writes into the file they
sent. It goes away when the acknowledgement is delivered.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import orjson
from django.conf import settings

from apps.exchange.intake.durable import write_whole
from apps.exchange.intake.lines import Line, decode, encode
from pharmatrace.kernel.refusal import Refused

CHUNK = 1 << 20
_GONE = ".gone-"


class Busy(Exception):
    """Somebody else is working on this file at this moment."""


@dataclass(frozen=True, slots=True)
class Work:
    """`name` is chosen by whoever begins, so that they find it again after a crash."""

    name: str

    @property
    def folder(self) -> Path:
        return Path(settings.INTAKE_DIR) / self.name

    @property
    def copy(self) -> Path:
        return self.folder / "input"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder and holds it; the kernel lets go of it when the process dies. Raises Busy."""
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._is_still(handle):
                raise Busy(self.name)
            yield
        except BlockingIOError:
            raise Busy(self.name) from None
        finally:
            os.close(handle)

    def _is_still(self, handle: int) -> bool:
        """Whether the folder that was locked has not been put away meanwhile by who held it."""
        try:
            return os.path.samestat(self.folder.stat(), os.fstat(handle))
        except FileNotFoundError:
            return False

    def take_copy(self, source: BinaryIO, *, most: int) -> tuple[str, int]:
        """Copies `source`; returns SHA-256 (hex) and length. Raises Refused `file_too_large`."""
        digest, length = hashlib.sha256(), 0
        with self.copy.open("wb") as copy:
            while chunk := source.read(CHUNK):
                length += len(chunk)
                if length > most:
                    raise Refused.one(
                        "file_too_large", f"A file has at most {most:,} octets here.", most=most
                    )
                digest.update(chunk)
                copy.write(chunk)
        return digest.hexdigest(), length

    def write_lines(self, lines: Iterable[Line]) -> int:
        """Keeps the lines; returns how many."""
        count = 0
        with (self.folder / "lines").open("wb") as file:
            for line in lines:
                file.write(encode(line) + b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        return count

    def lines(self, *, start: int = 0) -> Iterator[tuple[Line, int]]:
        """The lines from octet `start`, each with the octet after it. Raises Refused `work_gone`."""
        try:
            file = (self.folder / "lines").open("rb")
        except FileNotFoundError:
            raise Refused.one(
                "work_gone", "The file was put away already; send it again to go on."
            ) from None
        with file:
            file.seek(start)
            for text in file:
                start += len(text)
                yield decode(text), start

    def write_fates(self, first: int, fates: Iterable[bytes]) -> None:
        """What became of the lines from number `first` on; written again by a step that is repeated."""
        write_whole(self.folder / f"fates-{first:010}", (fate + b"\n" for fate in fates))

    def fates(self, done: int) -> Iterator[bytes]:
        """What became of the first `done` lines, in order."""
        for path in sorted(self.folder.glob("fates-*")):
            if int(path.name.removeprefix("fates-")) < done:
                with path.open("rb") as file:
                    yield from (text.rstrip(b"\n") for text in file)

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        write_whole(self.folder / "manifest.json", [orjson.dumps(manifest)])

    def manifest(self) -> dict[str, Any] | None:
        """What is known about the file; None until it was read to its end."""
        try:
            return dict(orjson.loads((self.folder / "manifest.json").read_bytes()))
        except FileNotFoundError:
            return None

    def remove(self) -> None:
        """Away in one move, so that no half of it is ever taken for the whole; then deleted."""
        self.folder.rename(self.folder.with_name(f"{_GONE}{uuid4()}"))
        for gone in self.folder.parent.glob(f"{_GONE}*"):
            shutil.rmtree(gone, ignore_errors=True)
