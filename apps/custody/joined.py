"""Rows of several models by one hand-written query, as instances.

Django's ORM spends more time writing the SQL of a six-table join than PostgreSQL spends answering it, and a
verification is asked 150 times a second. So the hot reads write their SQL once, at import.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models


class Part:
    """One model's columns in such a query, under the table alias `alias`, and back into an instance.

    Fields named in `without` are left in the database, as `defer` does.
    """

    def __init__(
        self, model: type[models.Model], alias: str, *, without: Sequence[str] = ()
    ) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in without]
        self.model = model
        self.columns = [f'{alias}."{field.column}"' for field in fields]
        self._names = [field.attname for field in fields]
        self._converters = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def __len__(self) -> int:
        return len(self.columns)

    def take(self, values: Sequence[Any]) -> Any:
        """The instance, or None where the row had none (its primary key, the first column, is null)."""
        if values[0] is None:
            return None
        row = list(values)
        for place, convert in self._converters:
            row[place] = convert(row[place], None, None)
        return self.model.from_db("default", self._names, row)


def columns(parts: Sequence[Part]) -> str:
    """All columns of `parts`, for SELECT."""
    return ", ".join(column for part in parts for column in part.columns)


def split(parts: Sequence[Part], row: Sequence[Any]) -> Iterator[Any]:
    """The instances in a row that starts with the columns of `parts`."""
    start = 0
    for part in parts:
        yield part.take(row[start : start + len(part)])
        start += len(part)
