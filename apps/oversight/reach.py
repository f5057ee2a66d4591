"""How far a recalled batch has come: who holds how many packs now, who was told, who has answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.parties.models import Organisation
from apps.safety.models import Alert
from apps.safety.selectors import GONE

# Containers are climbed once each, whatever lies in them; packs are read once.
_PACKS = """
    WITH RECURSIVE up(container, id, parent_id) AS (
        SELECT p.id, p.id, p.parent_id FROM custody_package p WHERE p.id IN (
            SELECT DISTINCT parent_id FROM custody_package
            WHERE batch_id = %(batch)s AND parent_id IS NOT NULL)
        UNION
        SELECT up.container, p.id, p.parent_id FROM up JOIN custody_package p ON p.id = up.parent_id),
    tops AS (
        SELECT up.container, p.custodian_id, p.consignee_id, p.status
        FROM up JOIN custody_package p ON p.id = up.id WHERE up.parent_id IS NULL)
    SELECT COALESCE(t.custodian_id, p.custodian_id), COALESCE(t.consignee_id, p.consignee_id),
        CASE WHEN t.container IS NULL THEN p.status ELSE t.status END AS state, count(*)
    FROM custody_package p LEFT JOIN tops t ON t.container = p.parent_id
    WHERE p.batch_id = %(batch)s GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Holder:
    """Packs of the batch with one organisation. `sent` left it and did not arrive; `coming` is on its way to it;
    `gone` left the chain there (dispensed, destroyed, exported)."""

    organisation: Organisation
    here: int = 0
    sent: int = 0
    coming: int = 0
    gone: int = 0
    told_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """`packs` is all of the batch that ever got a serial; `within_reach` those that have not left the chain."""

    holders: tuple[Holder, ...]
    packs: int

    @property
    def within_reach(self) -> int:
        return sum(one.here + one.sent for one in self.holders)

    @property
    def gone(self) -> int:
        return sum(one.gone for one in self.holders)

    @property
    def told(self) -> int:
        return sum(one.told_at is not None for one in self.holders)

    @property
    def answered(self) -> int:
        return sum(one.answered_at is not None for one in self.holders)


def reach_of(batch_id: UUID) -> Reach:
    """Three queries, however large the batch."""
    with connection.cursor() as cursor:
        cursor.execute(_PACKS, {"batch": str(batch_id)})
        counted = cursor.fetchall()
    alerts = list(
        Alert.objects.filter(
            batch_id=batch_id, kind=Alert.Kind.RECALLED, refused=None, raised_for__isnull=False
        )
        .order_by("id")
        .values_list("raised_for_id", "raised_at", "closed_at", "closing_note")
    )
    holders = _holders({id for row in counted for id in row[:2]} | {row[0] for row in alerts})
    packs = sum(count for *_, state, count in counted if state != "void")
    for custodian, consignee, state, count in counted:
        _count(holders, custodian, consignee, state, count)
    for id, told_at, closed_at, note in alerts:
        one = holders[id]
        one.told_at, one.answered_at, one.answer = told_at, closed_at, note
    ordered = sorted(
        (one for one in holders.values() if one.told_at or _has_any(one)),
        key=lambda one: (-(one.here + one.sent + one.coming), one.organisation.name),
    )
    return Reach(tuple(ordered), packs)


def _holders(ids: Iterable[UUID | None]) -> dict[UUID, Holder]:
    found = Organisation.objects.in_bulk([id for id in ids if id is not None])
    return {id: Holder(one) for id, one in found.items()}


def _count(
    holders: dict[UUID, Holder], custodian: UUID, consignee: UUID | None, state: str, count: int
) -> None:
    holder = holders[custodian]
    if state == "void":
        return
    if state in GONE:
        holder.gone += count
    elif state == "in_transit":
        holder.sent += count
        if consignee is not None:
            holders[consignee].coming += count
    else:
        holder.here += count


def _has_any(one: Holder) -> bool:
    return bool(one.here or one.sent or one.coming or one.gone)
