"""Rows in order, a chunk at a time: nothing is ever loaded whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection

Value = TypeVar("Value")


def stream(query: str, parameters: Sequence[Any] = (), *, chunk: int = 10_000) -> Iterator[Any]:
    """The rows of a query through a server-side cursor; `audit` holds the transaction it needs."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(chunk):
            yield from rows


class Ordered(Generic[Value]):
    """(key, value) pairs in rising order of key, taken one key at a time."""

    def __init__(self, pairs: Iterable[tuple[int, Value]]) -> None:
        self._pairs = iter(pairs)
        self._next = next(self._pairs, None)

    def take(self, key: int) -> Value | None:
        """The value of `key`; None if there is none. Smaller keys are passed over."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._pairs, None)
        if self._next is None or self._next[0] != key:
            return None
        value = self._next[1]
        self._next = next(self._pairs, None)
        return value

    def up_to(self, key: int) -> Iterator[tuple[int, Value]]:
        """The pairs with keys up to and including `key`."""
        while self._next is not None and self._next[0] <= key:
            yield self._next
            self._next = next(self._pairs, None)

    def rest(self) -> Iterator[tuple[int, Value]]:
        while self._next is not None:
            yield self._next
            self._next = next(self._pairs, None)
