"""Opens what a partner put there, and nothing else: no link, no device, no pipe."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from pharmatrace.kernel.refusal import Refused


@contextlib.contextmanager
def open_plain(path: Path) -> Iterator[BufferedReader]:
    """The file at `path` for reading. Raises Refused `not_a_file`, OSError where it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise _no_file() from None
        raise error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _no_file()
        yield file


def shown_name(name: str) -> str:
    """A file's name in text: octets that are no UTF-8 become `�`."""
    return os.fsencode(name).decode("utf-8", "replace")


def _no_file() -> Refused:
    return Refused.one(
        "not_a_file", "This is no plain file; links, folders and devices are not read."
    )
