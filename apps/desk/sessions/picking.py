"""What a session may still take of its order."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from apps.catalog.models import Batch
from apps.desk.models import OrderLine, ScanSession

_PICKED = (
    "WITH RECURSIVE inside(id, batch_id, level) AS ("
    " SELECT p.id, p.batch_id, p.level FROM custody_package p JOIN desk_scanline l ON l.package_id = p.id"
    "  JOIN desk_scansession s ON s.id = l.session_id"
    "  WHERE s.order_id = %s AND s.state <> 'dropped' AND l.outcome = 'good' AND l.removed_at IS NULL"
    " UNION SELECT p.id, p.batch_id, p.level FROM inside i JOIN custody_package p ON p.parent_id = i.id)"
    " SELECT b.product_id, b.lot, count(*) FROM inside i JOIN catalog_batch b ON b.id = i.batch_id"
    " WHERE i.level = 'pack' GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of an order and how many packs are scanned for it."""

    line: OrderLine
    picked: int

    @property
    def left(self) -> int:
        return self.line.quantity - self.picked


@dataclass(slots=True)
class Picking:
    picks: list[Pick]

    def refuses(self, batch: Batch | None, id: UUID, covers: int) -> tuple[str, str] | None:
        """Code and sentence where a pack is not wanted (any more); None where it is, and then it is counted.
        A container is looked over at the review: what is inside is counted there."""
        if batch is None:
            return None
        wanted = [
            place
            for place, one in enumerate(self.picks)
            if one.line.product_id == batch.product_id and one.line.lot in ("", batch.lot)
        ]
        if not wanted:
            return "not_ordered", _("This product and lot are not in the order.")
        for place in wanted:
            pick = self.picks[place]
            if pick.left >= covers:
                self.picks[place] = Pick(pick.line, pick.picked + covers)
                return None
        return "enough_picked", _("The order has enough of this product already.")


def picks_of(order_id: UUID) -> list[Pick]:
    """Every line of an order with what its sessions picked: lines that name a lot first get theirs. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_PICKED, [order_id])
        left = {(product, lot): count for product, lot, count in cursor.fetchall()}
    lines = list(OrderLine.objects.filter(order_id=order_id).select_related("product"))
    picked: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: one.lot == ""):
        picked[line.pk] = _take(left, line)
    return [Pick(line, picked[line.pk]) for line in lines]


def _take(left: dict[tuple[UUID, str], int], line: OrderLine) -> int:
    taken = 0
    for key in [key for key in left if key[0] == line.product_id and line.lot in ("", key[1])]:
        some = min(left[key], line.quantity - taken)
        taken += some
        left[key] -= some
    return taken


def picking_for(session: ScanSession) -> Picking | None:
    return Picking(picks_of(session.order_id)) if session.order_id else None


def totals(picks: list[Pick]) -> tuple[int, int]:
    """Packs picked and packs ordered."""
    return sum(one.picked for one in picks), sum(one.line.quantity for one in picks)
