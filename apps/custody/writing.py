"""Rows out: COPY for what is new, one UPDATE for what changed. Never a query per package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.ledger.copying import copy_rows
from pharmatrace.kernel.custody.world import PackageState


@dataclass(frozen=True, slots=True)
class EventRow:
    """One accepted event on its way into the table; `document` is canonical JSON."""

    hash: bytes
    statement_id: int
    kind: str
    actor_id: UUID
    reporter_id: UUID | None
    site_id: UUID | None
    counterparty_id: UUID | None
    reference: str
    occurred_at: datetime
    packages: Sequence[tuple[UUID, int]]  # (package id, seq), in the order of the package facts
    document: str


def write_events(rows: Sequence[EventRow], *, recorded_at: datetime) -> list[int]:
    """Writes events and the packages' histories; returns the event ids in order."""
    if not rows:
        return []
    ids = _next_ids(len(rows))
    copy_rows(
        "custody_custodyevent",
        ("id", "hash", "statement_id", "kind", "actor_id", "reporter_id", "site_id",
         "counterparty_id", "reference", "occurred_at", "recorded_at", "package_count", "document"),
        (
            (id, r.hash, r.statement_id, r.kind, r.actor_id, r.reporter_id, r.site_id,
             r.counterparty_id, r.reference, r.occurred_at, recorded_at, len(r.packages), r.document)
            for id, r in zip(ids, rows, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        "custody_packageevent",
        ("package_id", "seq", "event_id", "position"),
        (
            (package, seq, id, position)
            for id, row in zip(ids, rows, strict=True)
            for position, (package, seq) in enumerate(row.packages)
        ),
    )
    return ids


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('custody_custodyevent', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [id for (id,) in cursor.fetchall()]


_COLUMNS = (
    "id", "path", "level", "batch_id", "parent_id", "custodian_id", "site_id", "status",
    "status_at", "consignee_id", "seq", "head",
)  # fmt: skip


def _row(state: PackageState, seq: int, head: bytes) -> tuple[Any, ...]:
    return (
        state.id, state.path, state.level.value, state.batch, state.parent, state.custodian,
        state.site, state.status.value, state.status_at, state.consignee, seq, head,
    )  # fmt: skip


def write_packages(
    states: Iterable[PackageState], *, chain: dict[UUID, tuple[int, bytes]], before: set[UUID]
) -> None:
    """Inserts the packages that are new (not in `before`) and moves the others, two statements at most."""
    fresh: list[tuple[Any, ...]] = []
    moved: list[tuple[Any, ...]] = []
    for state in states:
        (moved if state.id in before else fresh).append(_row(state, *chain[state.id]))
    if fresh:
        copy_rows("custody_package", _COLUMNS, fresh)
    if moved:
        _move(moved)


def _move(rows: list[tuple[Any, ...]]) -> None:
    columns = list(zip(*rows, strict=True))
    uuids = [[str(v) if v is not None else None for v in columns[i]] for i in (0, 3, 4, 5, 6, 9)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE custody_package p SET level = v.level, batch_id = v.batch_id,"
            " parent_id = v.parent_id,"
            " custodian_id = v.custodian_id, site_id = v.site_id, status = v.status,"
            " status_at = v.status_at, consignee_id = v.consignee_id, seq = v.seq, head = v.head"
            " FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[],"
            " %s::text[], %s::timestamptz[], %s::uuid[], %s::int[], %s::bytea[])"
            " AS v(id, level, batch_id, parent_id, custodian_id, site_id, status, status_at, consignee_id,"
            " seq, head) WHERE p.id = v.id",
            [
                uuids[0], list(columns[2]), *uuids[1:5], list(columns[7]), list(columns[8]),
                uuids[5], list(columns[10]), list(columns[11]),
            ],
        )  # fmt: skip
