"""Where the files go: a folder, or any storage that Django knows (object storage behind a CDN)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


class Target(Protocol):
    """Files by path; `write` replaces. Whoever reads while we write sees the old file or the new one."""

    def read(self, path: str) -> bytes | None: ...

    def write(self, path: str, content: bytes) -> None: ...

    def settle(self) -> None:
        """What was written before is durable when this returns, and comes before what is written after."""


class Folder:
    """A folder. A file is written beside its place, synced, and renamed into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._touched: set[Path] = set()

    def read(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(0o644)
            Path(beside).replace(place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        self._touched.update([place.parent, *place.parent.relative_to(self.root).parents])

    def settle(self) -> None:
        for folder in self._touched:
            descriptor = os.open(self.root / folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._touched.clear()


class CannotReplace(Exception):
    """The storage saves under another name instead of replacing a file."""


class DjangoStorage:
    """A storage of settings.STORAGES. What replacing means there is the storage's affair."""

    def __init__(self, storage: Storage, prefix: str = "") -> None:
        self.storage, self.prefix = storage, prefix

    def read(self, path: str) -> bytes | None:
        name = self.prefix + path
        try:
            with self.storage.open(name) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """Raises CannotReplace where the storage does not let a file be replaced."""
        name = self.prefix + path
        if not self._replaces() and self.storage.exists(name):
            self.storage.delete(name)
        saved = self.storage.save(name, ContentFile(content))
        if saved != name:
            raise CannotReplace(f"{name} was saved as {saved}: the storage must overwrite files.")

    def _replaces(self) -> bool:
        """Object storages put over what is there in one step; a folder does when it is told to."""
        return bool(
            getattr(self.storage, "file_overwrite", False)
            or getattr(self.storage, "_allow_overwrite", False)
        )

    def settle(self) -> None:
        """Object storages answer when it is stored."""


class Below:
    """A folder of another target."""

    def __init__(self, target: Target, prefix: str) -> None:
        self.target, self.prefix = target, prefix

    def read(self, path: str) -> bytes | None:
        return self.target.read(self.prefix + path)

    def write(self, path: str, content: bytes) -> None:
        self.target.write(self.prefix + path, content)

    def settle(self) -> None:
        self.target.settle()
