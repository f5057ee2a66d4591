"""The packs worth looking at. Worked out from the story, so they are the same in every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pharmatrace.demo.batches import BATCHES, EXPIRED_LOT, RECALLED_LOT, RealBatch
from pharmatrace.demo.cast import PHARMACIES
from pharmatrace.demo.route import load
from pharmatrace.demo.scale import Scale
from pharmatrace.demo.story import SHARE_DISPENSED, tell_batch
from pharmatrace.kernel.custody.kinds import Kind

SOUND_LOT = "U008604"
TRAVELLED_LOT, TRAVELLED_FROM, TRAVELLED_TO = "U011389", "pharmacy-madrid", "pharmacy-lisboa"
COUNTER = "pharmacy-porto"  # Petra's, where the guide of the pharmacy begins
_BY_LOT = {batch.lot: batch for batch in BATCHES}


@dataclass(frozen=True, slots=True)
class Highlight:
    """A pack (URI), whose batch it is, and who has it or last had it."""

    uri: str
    batch: RealBatch
    holder: str


@dataclass(frozen=True, slots=True)
class Highlights:
    good: Highlight
    recalled: Highlight
    expired: Highlight
    cloned: Highlight  # dispensed by its holder
    presented_by: str  # who then presents the copy
    travelled: Highlight  # dispensed by its holder in one country
    travelled_at: datetime  # when
    travelled_to: str  # who presents its copy in another country, minutes later
    recalled_at_counter: Highlight  # on Petra's shelf, of a batch that is recalled this morning


def highlights(*, scale: Scale, today: date) -> Highlights:
    cloned, _ = _first_dispensed(_BY_LOT[SOUND_LOT], scale=scale, today=today)
    travelled, travelled_at = _first_dispensed(
        _BY_LOT[TRAVELLED_LOT], scale=scale, today=today, by=TRAVELLED_FROM
    )
    neighbours = PHARMACIES[cloned.batch.medicine.country]
    return Highlights(
        good=_on_the_shelf(_BY_LOT[SOUND_LOT], scale),
        recalled=_on_the_shelf(_BY_LOT[RECALLED_LOT], scale),
        expired=_on_the_shelf(_BY_LOT[EXPIRED_LOT], scale),
        cloned=cloned,
        presented_by=next(key for key in neighbours if key != cloned.holder),
        travelled=travelled,
        travelled_at=travelled_at,
        travelled_to=TRAVELLED_TO,
        recalled_at_counter=_at_the_counter(scale),
    )


def _on_the_shelf(batch: RealBatch, scale: Scale) -> Highlight:
    """The first pack of the first case that is neither dispensed nor part of a mishap."""
    case = load(batch, scale=scale).cases[0]
    return Highlight(case.packs[int(SHARE_DISPENSED * len(case.packs))], batch, case.pharmacy)


def _at_the_counter(scale: Scale) -> Highlight:
    """A pack that Petra has left over of an early delivery."""
    for batch in BATCHES:
        if batch.lot in (SOUND_LOT, RECALLED_LOT, EXPIRED_LOT):
            continue
        for case in load(batch, scale=scale).cases:
            left = int(SHARE_DISPENSED * len(case.packs))
            if case.pharmacy == COUNTER and case.wave == 0 and len(case.packs) > left:
                return Highlight(case.packs[left], batch, COUNTER)
    raise AssertionError(f"nothing is left over at {COUNTER}")


def _first_dispensed(
    batch: RealBatch, *, scale: Scale, today: date, by: str = ""
) -> tuple[Highlight, datetime]:
    """The pack, and when it was dispensed; with `by`, the first that this pharmacy dispenses."""
    for scene in tell_batch(batch, scale=scale, today=today):
        if scene.kind is Kind.DISPENSE and by in ("", scene.who):
            return Highlight(scene.uris[0], batch, scene.who), scene.at
    raise AssertionError(f"no pack of {batch.lot} reaches a patient")
