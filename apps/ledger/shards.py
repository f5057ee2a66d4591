"""The shards of the log: where each begins and ends, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.db.models import Max

from apps.ledger.models import Shard


@dataclass(frozen=True, slots=True)
class Span:
    """One shard: entries `first` ≤ index < `end`, by their numbers over all shards. `end` is None of the running one."""

    number: int
    name: int
    origin: str
    first: int
    end: int | None
    opened_at: datetime

    @property
    def prefix(self) -> str:
        """Below the log's address: nothing for the first shard, which keeps the addresses it always had."""
        return f"{self.name}/" if self.number else ""


def shards() -> list[Span]:
    """All of them, oldest first; none before the log was opened. One query."""
    rows = list(Shard.objects.order_by("number"))
    ends: Sequence[int | None] = [*(new.first for _, new in pairwise(rows)), None]
    return [
        Span(row.number, row.name, row.origin, row.first, end, row.opened_at)
        for row, end in zip(rows, ends, strict=False)
    ]


def shard_of_entry(index: int) -> Span | None:
    """The shard that an entry lies in, as far as it goes. One query."""
    return next((one for one in reversed(shards()) if one.first <= index), None)


def first_of_size(size: int) -> int:
    """Where the shard begins that a tree of so many entries ends in. One query."""
    return Shard.objects.filter(first__lt=size).aggregate(Max("first"))["first__max"] or 0


def first_of_name(name: int) -> int | None:
    """Where the shard of that name begins; the first one has no name in addresses. One query."""
    found = Shard.objects.filter(name=name, number__gt=0)
    return found.values_list("first", flat=True).first()


def running_origin() -> str:
    """Of the running shard; LOG_ORIGIN before the log was opened. One query."""
    found = Shard.objects.order_by("-number").values_list("origin", flat=True).first()
    return found or settings.LOG_ORIGIN


def first_of_origin(origin: str) -> int:
    """Where the shard of that origin begins; 0 where there is none. One query."""
    found = Shard.objects.filter(origin=origin).values_list("first", flat=True).first()
    return found or 0


def place_of_size(size: int) -> tuple[str, int] | None:
    """Origin of the shard that a tree of so many entries ends in, and its size there. One query."""
    shard = Shard.objects.filter(first__lt=size).order_by("-first").first()
    return None if shard is None else (shard.origin, size - shard.first)
