"""In which order events come, and how many (EPCIS 2.0 §8.2.7.1: orderBy, orderDirection, limits)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, Expression, F, IntegerField, Q, TextField

from apps.exchange.query.conditions import OnDocument
from apps.exchange.query.extensions import NUMBER_SQL, TIME_SQL, FieldName, keys_sql
from apps.exchange.query.given import Given
from apps.exchange.query.refusing import wrong

if TYPE_CHECKING:
    from apps.exchange.query.question import Query

MOST_EVENTS = 100_000
_LONGEST_KEY = 256  # characters of a text that count for the order; the page token carries them
_COLUMNS = {"eventTime": "occurred_at", "recordTime": "recorded_at"}


@dataclass(frozen=True, slots=True)
class Order:
    """By `field` (None: as recorded), then by id. Events without the field come last."""

    field: str | FieldName | None = None
    descending: bool = False

    @property
    def keys(self) -> dict[str, Expression | F]:
        """What is sorted by, under the names it is annotated with; none of them is ever null."""
        if self.field is None:
            return {}
        if isinstance(self.field, str):
            return {"sort_time": F(self.field)}
        return _extension_keys(self.field, last=-1 if self.descending else 3)

    @property
    def by(self) -> list[str]:
        return [f"-{one}" if self.descending else one for one in (*self.keys, "id")]

    def beyond(self, key: list[Any]) -> Q:
        """What comes after the event with this `key`. The first comparison alone is what an index can do."""
        side = "lt" if self.descending else "gt"
        names = (*self.keys, "id")
        values = [_read(name, value) for name, value in zip(names, key, strict=True)]
        after, same = Q(), Q()
        for name, value in zip(names, values, strict=True):
            after |= same & Q(**{f"{name}__{side}": value})
            same &= Q(**{name: value})
        return Q(**{f"{names[0]}__{side}e": values[0]}) & after

    def key_of(self, event: Any) -> list[Any]:
        return [_written(getattr(event, name)) for name in (*self.keys, "id")]


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(name: str, value: Any) -> Any:
    if name == "sort_time":
        return datetime.fromisoformat(value)
    return Decimal(value) if name == "sort_number" else value


def _extension_keys(name: FieldName, *, last: int) -> dict[str, Expression | F]:
    """Numbers before times before texts, each in its own order; texts by their characters' codes."""
    keys, params = keys_sql(name)
    first = (
        "SELECT v.value FROM jsonb_each({document}) f,"
        f" jsonb_path_query(f.value, 'lax $[*]') v(value) WHERE f.key = ANY({keys})"
        " AND jsonb_typeof(v.value) IN ('number', 'string') ORDER BY f.key LIMIT 1"
    )

    def key(sql: str, output: Any) -> OnDocument:
        return OnDocument(f"SELECT {sql} FROM (SELECT ({first}) AS value) v", params, output)

    text = "v.value #>> '{}'"
    return {
        "sort_rank": key(
            f"CASE WHEN v.value IS NULL THEN {last} WHEN {NUMBER_SQL} IS NOT NULL THEN 0"
            f" WHEN {TIME_SQL} IS NOT NULL THEN 1 ELSE 2 END",
            IntegerField(),
        ),
        "sort_number": key(
            f"COALESCE({NUMBER_SQL}, EXTRACT(EPOCH FROM {TIME_SQL}), 0)",
            DecimalField(),
        ),
        "sort_text": key(
            f"COALESCE(CASE WHEN {NUMBER_SQL} IS NULL AND {TIME_SQL} IS NULL"
            f" THEN left({text}, {_LONGEST_KEY}) END, '') COLLATE \"C\"",
            TextField(),
        ),
    }


def order_by(query: Query, given: Given) -> None:
    text = given.texts()[0] if given.one() is not None else ""
    if text in _COLUMNS:
        query.order = replace(query.order, field=_COLUMNS[text])
    elif ":" in text:
        query.order = replace(query.order, field=FieldName.read(given, text))
    else:
        raise wrong(given.name, "is eventTime, recordTime or the full name of an extension field")


def direction(query: Query, given: Given) -> None:
    if given.one() not in ("ASC", "DESC"):
        raise wrong(given.name, "is ASC or DESC")
    query.order = replace(query.order, descending=given.one() == "DESC")


def _count(given: Given) -> int:
    value = given.one()
    text = str(value) if not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise wrong(given.name, "is a whole number from 1")
    return MOST_EVENTS if len(text.lstrip("0")) > 9 else min(int(text), MOST_EVENTS)


def limit(query: Query, given: Given) -> None:
    query.limit = _count(given)


def most(query: Query, given: Given) -> None:
    query.most = _count(given)
