"""A new batch on the line: registered, commissioned, packed and sent off in one go."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from apps.catalog.models import Batch, Product
from apps.catalog.services import register_batch
from apps.parties.models import Site
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.scenes import Scene
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc, make_sscc

CASES, PACKS_PER_CASE = 6, 10
SHELF_LIFE = timedelta(days=730)
_LIVE_SSCCS_FROM = 1_000_000  # below are those of the story


def begin_batch(
    world: World, maker: str, *, product: Product, to: str, at: datetime
) -> list[Scene]:
    """The scenes that take a new batch from the line to the road towards `to`, in order."""
    actor = world.actors[maker]
    batch = register_batch(
        actor=actor,
        product=product,
        lot=_next_lot(product, at),
        expiry=at.date() + SHELF_LIFE,
        quantity=CASES * PACKS_PER_CASE,
        site=Site.objects.get(id=actor.site_id),
        at=at,
    )
    cases = {_sscc(maker): _packs(product.gtin) for _ in range(CASES)}
    line = at - timedelta(minutes=5)
    everything = tuple(pack for packs in cases.values() for pack in packs)
    return [
        Scene(line, maker, Kind.COMMISSION, everything, lot=batch.lot, expiry=batch.expiry),
        *(
            Scene(line + timedelta(seconds=10 * number), maker, Kind.PACK, packs, parent=case)
            for number, (case, packs) in enumerate(cases.items(), 1)
        ),
        Scene(
            at - timedelta(seconds=2), maker, Kind.SHIP, tuple(cases), other=to,
            reference=f"DA-{batch.lot}",
        ),
    ]  # fmt: skip


def _next_lot(product: Product, at: datetime) -> str:
    today = f"L{at:%y%m%d}"
    return f"{today}-{Batch.objects.filter(product=product, lot__startswith=today).count() + 1}"


def _packs(gtin: str) -> tuple[str, ...]:
    return tuple(Sgtin(gtin, secrets.token_hex(6).upper()).uri for _ in range(PACKS_PER_CASE))


def _sscc(maker: str) -> str:
    reference = _LIVE_SSCCS_FROM + secrets.randbelow(9_000_000)
    return Sscc(make_sscc("0", CAST[maker].prefix, reference)).uri
