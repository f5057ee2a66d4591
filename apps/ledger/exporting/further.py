"""Pages of the public log that are made on higher floors: who makes some registers here, and export writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

Read = Callable[[str], "bytes | None"]


class Pages(Protocol):
    def __call__(self, read: Read, *, size: int, first: int) -> Iterator[tuple[str, bytes]]:
        """Path and content of what is new at the target that `read` reads, up to the checkpoint of `size`, of the shard
        that begins at `first`."""


_sources: dict[str, Pages] = {}


def register_pages(name: str, pages: Pages) -> None:
    """Once per name."""
    _sources[name] = pages


def further_pages(read: Read, *, size: int, first: int) -> Iterator[tuple[str, bytes]]:
    for pages in _sources.values():
        yield from pages(read, size=size, first=first)
