"""Conditions on an event's document: SQL over `jsonb`, written by hand where the ORM has no words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, F, Field, Func, Q

from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, UNMANAGED


class OnDocument(Func):
    """`sql` with `{document}` for the column, wherever that stands in the query."""

    def __init__(
        self, sql: str, params: Sequence[Any] = (), output_field: Field[Any, Any] | None = None
    ) -> None:
        super().__init__(F("document"), output_field=output_field or BooleanField())
        self.sql, self.params = sql, tuple(params)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        column, _ = compiler.compile(self.source_expressions[0])
        return f"({self.sql.replace('{document}', column)})", list(self.params)


def path_exists(path: str) -> OnDocument:
    """Whether the JSON path (lax, silent about odd types) finds anything."""
    return OnDocument("jsonb_path_exists({document}, %s::jsonpath, '{}', true)", [path])


def contains_one(documents: Sequence[dict[str, Any]]) -> Q:
    """Whether the document contains one of these."""
    either = Q()
    for one in documents:
        either |= Q(document__contains=one)
    return either


def outside_custody(condition: Q) -> Q:
    """`condition` on what no custody event has (quantities, transformations): said so, such that the index
    of unmanaged documents finds it."""
    return (Q(kind=UNMANAGED) & condition) | (Q(kind=DECLARE_ERROR) & condition)


def plain(number: Decimal) -> str:
    """A number as JSON paths write it."""
    return format(number, "f")
