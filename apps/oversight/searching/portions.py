"""A list read onward by keyset: what comes after a row, never what was passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

SIZE = 10


@dataclass(frozen=True, slots=True)
class Portion:
    """`next` is the key of the last row where there are more, else empty."""

    rows: Sequence[Any]
    next: str


def portion(rows: QuerySet[Any], *, by: str, after: str = "", size: int = SIZE) -> Portion:
    """The first rows in the order of `by` (`-` before it: falling) and primary key; with `after`, a primary key,
    those behind that row. An `after` that is none of `rows` begins at the start."""
    falling, field = by.startswith("-"), by.removeprefix("-")
    if after and (last := _row(rows, field, after)) is not None:
        rows = rows.filter(_behind(field, *last, falling=falling))
    order = [by] if field in ("id", "pk") else [by, "-pk" if falling else "pk"]
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    return Portion(found[:size], str(found[size - 1].pk) if more else "")


def _row(rows: QuerySet[Any], field: str, key: str) -> tuple[Any, Any] | None:
    try:
        return rows.filter(pk=key).values_list(field, "pk").first()
    except (ValueError, ValidationError, OverflowError):
        return None


def _behind(field: str, value: Any, key: Any, *, falling: bool) -> Q:
    how = "lt" if falling else "gt"
    if field in ("id", "pk"):
        return Q(**{f"pk__{how}": key})
    return Q(**{f"{field}__{how}": value}) | Q(**{field: value, f"pk__{how}": key})
