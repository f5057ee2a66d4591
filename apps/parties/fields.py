"""A column of bytes that reads as bytes."""

from __future__ import annotations

from typing import Any

from django.db import models


class BytesField(models.BinaryField):
    """`bytea` that comes back as `bytes`; psycopg2 hands out `memoryview`, which has no `.hex()`
    worth printing, cannot be pickled and hides its content. Foreign keys to it read as bytes too.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)
