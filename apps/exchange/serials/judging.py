"""Rows against their batch: the product's GTIN, lot, expiry, each serial once, none that a pack bears already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.exchange.serials.row import Problem, Row
from pharmatrace.kernel.gs1.identifiers import package_ids, sgtin_path
from pharmatrace.kernel.refusal import Refused

MOST_PROBLEMS = 1_000  # kept to be shown; the rest are counted
MOST_BAD = 100_000  # rows; a file with more is not this list at all
PORTION = 5_000  # rows compared with the record in one query


@dataclass(slots=True)
class Judged:
    """`serials` in the order of the file; `problems` as [place, field, code, sentence]."""

    rows: int = 0
    bad: int = 0
    serials: list[str] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)


def judge(rows: Iterable[Row], batch: Batch, *, room: int) -> Judged:
    """Raises `Refused`: `too_many_serials` where there are more right rows than the batch has room for,
    `too_many_problems`, `no_serials`. One query for 5,000 rows."""
    judged = Judged()
    seen: dict[str, str] = {}
    source = iter(rows)
    while portion := list(islice(source, PORTION)):
        taken = _taken(portion, batch)
        for row in portion:
            _take(judged, row, _problems(row, batch, seen, taken), seen)
        if len(judged.serials) > room:
            raise Refused.one(
                "too_many_serials",
                f"The file has more serials than the batch has room for: {room:,}. "
                "Correct the batch's quantity, or take the right file.",
            )
        if judged.bad > MOST_BAD:
            raise Refused.one(
                "too_many_problems",
                f"More than {MOST_BAD:,} rows are wrong; this is probably another file.",
            )
    if not judged.rows:
        raise Refused.one("no_serials", "The file has no serial numbers.")
    return judged


def _take(judged: Judged, row: Row, problems: list[Problem], seen: dict[str, str]) -> None:
    judged.rows += 1
    if not problems:
        judged.serials.append(row.values["serial"])
        seen[row.values["serial"]] = row.place
        return
    judged.bad += 1
    left = MOST_PROBLEMS - len(judged.problems)
    judged.problems += [[row.place, *problem] for problem in problems[:left]]


def _taken(portion: list[Row], batch: Batch) -> set[str]:
    serials = [row.values["serial"] for row in portion if "serial" in row.values]
    ids = package_ids(sgtin_path(batch.product.gtin, serial) for serial in serials)
    named = dict(zip(ids, serials, strict=True))
    found = Package.objects.filter(id__in=list(named)).values_list("id", flat=True)
    return {named[id] for id in found}


def _problems(row: Row, batch: Batch, seen: dict[str, str], taken: set[str]) -> list[Problem]:
    if row.problems:
        return list(row.problems)
    found = [
        Problem(name, f"{name}_differs", f"The {word} is {said}, that of the batch is {is_}.")
        for name, word, said, is_ in _differences(row.values, batch)
    ]
    serial = row.values["serial"]
    if serial in seen:
        place = seen[serial]
        before = f"in row {place}" if place.isdigit() else f"at {place}"
        found.append(Problem("serial", "serial_twice", f"Serial {serial} stands already {before}."))
    elif serial in taken:
        found.append(
            Problem(
                "serial", "serial_taken", f"A pack of this product bears serial {serial} already."
            )
        )
    return found


def _differences(values: Any, batch: Batch) -> Iterator[tuple[str, str, object, object]]:
    expected = (
        ("gtin", "GTIN", batch.product.gtin),
        ("lot", "lot", batch.lot),
        ("expiry", "expiry", batch.expiry),
    )
    for name, word, is_ in expected:
        if name in values and values[name] != is_:
            yield name, word, values[name], is_
