"""A case's zip, read with distrust: nothing is written to disk, nothing is unpacked beyond its bounds."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from pharmatrace.kernel.casefile.manifest import MOST_FILES, is_path

MAGIC = b"PK\x03\x04"
LARGEST = 64_000_000
"""Octets of one file, unpacked."""
LARGEST_TOGETHER = 2_000_000_000
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class NotACase(Exception):
    """The file is no archive of a case, or not one that is safe to read."""


class Archive:
    """Its files by name, read one at a time."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises NotACase."""
        try:
            self._zip = zipfile.ZipFile(file)
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise NotACase(f"this is no zip archive: {fault}") from None
        if len(parts) > MOST_FILES + 1:
            raise NotACase(f"the archive has more than {MOST_FILES:,} files")
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for part in parts:
            _check(part)
            if part.filename in self._parts:
                raise NotACase(f"the archive has two files named {part.filename}")
            self._parts[part.filename] = part
        if sum(part.file_size for part in parts) > LARGEST_TOGETHER:
            raise NotACase(f"unpacked, the archive is larger than {LARGEST_TOGETHER:,} octets")

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._parts)

    def read(self, name: str) -> bytes:
        """Raises NotACase for what is not there or does not unpack to the size it says."""
        part = self._parts.get(name)
        if part is None:
            raise NotACase(f"the archive has no file {name}")
        try:
            with self._zip.open(part) as file:
                data = file.read(part.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as no:
            raise NotACase(f"{name} does not unpack: {no}") from None
        if len(data) != part.file_size:
            raise NotACase(f"{name} does not unpack to the size that the archive says")
        return data


def _check(part: zipfile.ZipInfo) -> None:
    if not is_path(part.orig_filename) or part.filename != part.orig_filename:
        raise NotACase("the archive has a file with a name that no case file uses")
    if part.flag_bits & 1:
        raise NotACase(f"{part.filename} is encrypted")
    if part.compress_type not in _READABLE:
        raise NotACase(f"{part.filename} is packed in a way that is not read here")
    if part.file_size > LARGEST:
        raise NotACase(f"unpacked, {part.filename} is larger than {LARGEST:,} octets")
