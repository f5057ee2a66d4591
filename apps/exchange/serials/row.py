"""One row of a list: what it says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """`field` is the column at fault: serial, code, gtin, lot or expiry."""

    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """`place` is a row's number, or where in an EPCIS document. `values`: serial, gtin, lot, expiry as far as told."""

    place: str
    values: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
