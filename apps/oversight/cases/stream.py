"""A zip as a stream: each file is written and forgotten, so that an archive of any size needs the room of one file.

The same files make the same octets: no times, no owners, one order.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


class _Pipe(io.RawIOBase):
    """What was written since it was last emptied."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        octets = bytes(data)  # type: ignore[call-overload]
        self._written.append(octets)
        return len(octets)

    def empty(self) -> bytes:
        octets = b"".join(self._written)
        self._written.clear()
        return octets


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The archive of (path, content), in pieces."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            part = zipfile.ZipInfo(path, date_time=_NO_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = _PLAIN_FILE
            archive.writestr(part, content)
            yield pipe.empty()
    yield pipe.empty()
