"""Pages of a list without counting it: one row more than fits says whether there is a next page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from django.http import HttpRequest

SIZE = 50
MOST_PAGES = 200  # deeper than that nobody reads, and each page costs as much as all before it; filters help then


class Page:
    """`rows` of page `number` (from 1). Costs one query."""

    def __init__(self, rows: Sequence[Any], *, number: int, more: bool, query: str) -> None:
        self.rows, self.number, self.more, self.query = rows, number, more, query

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def next(self) -> str | None:
        return self._link(self.number + 1) if self.more and not self.last else None

    @property
    def last(self) -> bool:
        """Whether it ends here although there is more."""
        return self.more and self.number >= MOST_PAGES

    @property
    def previous(self) -> str | None:
        return self._link(self.number - 1) if self.number > 1 else None

    def _link(self, number: int) -> str:
        return f"?{self.query}{'&' if self.query else ''}page={number}"


class Sliceable(Protocol):
    def __getitem__(self, wanted: slice, /) -> Iterable[Any]: ...


def page_of(rows: Sliceable, request: HttpRequest) -> Page:
    """The page the address asks for; nonsense asks for the first."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    number = min(max(number, 1), MOST_PAGES)
    first = (number - 1) * SIZE
    found = list(rows[first : first + SIZE + 1])
    query = request.GET.copy()
    query.pop("page", None)
    return Page(found[:SIZE], number=number, more=len(found) > SIZE, query=query.urlencode())
