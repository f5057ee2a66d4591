"""How one batch is cut into containers and shared out: who gets which packs, in which wave."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from pharmatrace.demo.batches import BATCHES, RealBatch, Route
from pharmatrace.demo.cast import CAST, HOSPITALS, PHARMACIES
from pharmatrace.demo.scale import Scale
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc, make_sscc

WAVES = 4
SHARE_SENT_OUT = 0.8  # of the cases; the rest stays with the distributor
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O: they look like digits
_REFERENCES_PER_BATCH = 10_000
_PALLETS_FROM = 5_000


@dataclass(frozen=True, slots=True)
class Case:
    """`wave` is the delivery it leaves the distributor with, None where it stays there."""

    uri: str
    packs: tuple[str, ...]
    wave: int | None
    pharmacy: str


@dataclass(frozen=True, slots=True)
class Load:
    """A batch, packed. `pallets` hold cases by URI; a batch of one case travels without."""

    distributor: str
    cases: tuple[Case, ...]
    pallets: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def outermost(self) -> tuple[str, ...]:
        return tuple(uri for uri, _ in self.pallets) or tuple(case.uri for case in self.cases)


def load(batch: RealBatch, *, scale: Scale) -> Load:
    medicine = batch.medicine
    hospital = medicine.route is Route.HOSPITAL
    packs = serials(batch, count=scale.packs(batch.quantity))
    boxes = _chunks(packs, scale.case)
    sent = max(1, round(SHARE_SENT_OUT * len(boxes)))
    takers = (HOSPITALS if hospital else PHARMACIES)[medicine.country]
    cases = tuple(
        Case(
            uri=_sscc(batch, number),
            packs=tuple(box),
            wave=number * WAVES // sent if number < sent else None,
            pharmacy=takers[number % len(takers)],
        )
        for number, box in enumerate(boxes)
    )
    stacks = _chunks([case.uri for case in cases], scale.pallet) if len(cases) > 1 else []
    pallets = tuple(
        (_sscc(batch, _PALLETS_FROM + number), tuple(stack)) for number, stack in enumerate(stacks)
    )
    return Load("logistics" if hospital else "wholesaler", cases, pallets)


def serials(batch: RealBatch, *, count: int) -> list[str]:
    """The packs' URIs. The same every time: that is how a second `make demo` recognises the first."""
    draw = random.Random(f"demo serials of {batch.lot}")  # noqa: S311 (real lines use secrets)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choices(_ALPHABET, k=12))] = None
    return [Sgtin(batch.medicine.gtin, serial).uri for serial in found]


def _sscc(batch: RealBatch, number: int) -> str:
    reference = BATCHES.index(batch) * _REFERENCES_PER_BATCH + number
    return Sscc(make_sscc("0", CAST[batch.medicine.maker].prefix, reference)).uri


def _chunks(items: Sequence[str], size: int) -> list[Sequence[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
