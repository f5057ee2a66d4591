"""What happens to one batch, from the line to the patient, scene by scene.

Whatever one player needs from another happened on an earlier day, so a day can be told player by player.
The story runs on past today; whoever tells it stops there, which leaves shipments on the road.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from pharmatrace.demo.batches import BATCHES, EXPIRED_LOT, RealBatch, moved_expiry
from pharmatrace.demo.route import Case, Load, load
from pharmatrace.demo.scale import Scale
from pharmatrace.demo.scenes import Scene
from pharmatrace.kernel.custody.act import MOST_PACKAGES
from pharmatrace.kernel.custody.kinds import Kind

SHARE_DISPENSED = 0.6
DAYS_OF_DISPENSING = 12
DAYS_BETWEEN_WAVES = 4


def first_day(batch: RealBatch, *, today: date) -> date:
    """The day of packaging: two to seven weeks ago; well before its expiry for the expired batch."""
    if batch.lot == EXPIRED_LOT:
        return moved_expiry(batch, today=today) - timedelta(days=45)
    return today - timedelta(days=13 + (BATCHES.index(batch) - 3) * 7 % 36)


def tell_batch(batch: RealBatch, *, scale: Scale, today: date) -> list[Scene]:
    """Every scene of a batch in order of time, those of today and later left out."""
    cargo = load(batch, scale=scale)
    start = first_day(batch, today=today)
    scenes = [
        *_on_the_line(batch, cargo, start, today=today),
        *_to_the_distributor(batch, cargo, start),
        *_to_the_pharmacies(batch, cargo, start),
    ]
    scenes.sort(key=lambda scene: scene.at)
    return [scene for scene in scenes if scene.at.date() < today]


def _clock(day: date, hour: int, minute: int = 0, *, seconds: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC) + timedelta(seconds=seconds)


def _on_the_line(batch: RealBatch, cargo: Load, day: date, *, today: date) -> Iterator[Scene]:
    maker, expiry = batch.medicine.maker, moved_expiry(batch, today=today)
    packs = [uri for case in cargo.cases for uri in case.packs]
    for number, start in enumerate(range(0, len(packs), MOST_PACKAGES)):
        yield Scene(
            _clock(day, 5, seconds=180 * number), maker, Kind.COMMISSION,
            tuple(packs[start : start + MOST_PACKAGES]), lot=batch.lot, expiry=expiry,
        )  # fmt: skip
    for number, case in enumerate(cargo.cases):
        at = _clock(day, 10, seconds=5 * number)
        yield Scene(at, maker, Kind.PACK, case.packs, parent=case.uri)
    for number, (pallet, cases) in enumerate(cargo.pallets):
        at = _clock(day, 15, seconds=40 * number)
        yield Scene(at, maker, Kind.PACK, cases, parent=pallet)


def _to_the_distributor(batch: RealBatch, cargo: Load, start: date) -> Iterator[Scene]:
    maker, to, goods = batch.medicine.maker, cargo.distributor, cargo.outermost
    reference = f"DA-{batch.lot}"
    sent, arrived = start + timedelta(days=1), start + timedelta(days=3)
    yield Scene(_clock(sent, 8), maker, Kind.SHIP, goods, other=to, reference=reference)
    yield Scene(_clock(arrived, 9), to, Kind.RECEIVE, goods, other=maker, reference=reference)
    for number, (pallet, cases) in enumerate(cargo.pallets):
        at = _clock(arrived, 10, seconds=60 * number)
        yield Scene(at, to, Kind.UNPACK, cases, parent=pallet)


def _to_the_pharmacies(batch: RealBatch, cargo: Load, start: date) -> Iterator[Scene]:
    draw = random.Random(f"demo days of {batch.lot}")  # noqa: S311 (a story, not a secret)
    waves: dict[tuple[int, str], list[Case]] = {}
    for case in cargo.cases:
        if case.wave is not None:
            waves.setdefault((case.wave, case.pharmacy), []).append(case)
    for (wave, pharmacy), cases in waves.items():
        day = start + timedelta(days=4 + DAYS_BETWEEN_WAVES * wave)
        yield from _delivery(batch, cargo, cases, pharmacy, day, wave)
        kept = cases[:-1] if _is_turned_away(cargo, cases[-1]) else cases
        for number, case in enumerate(kept):
            at = _clock(day + timedelta(days=1), 11, seconds=20 * number)
            yield Scene(at, pharmacy, Kind.UNPACK, case.packs, parent=case.uri)
            yield from _at_the_counter(case, day + timedelta(days=2), draw)
    yield from _mishaps(batch, cargo, start)


def _is_turned_away(cargo: Load, case: Case) -> bool:
    """The last case sent out arrives damaged and is refused; it stays the distributor's."""
    sent = [case for case in cargo.cases if case.wave is not None]
    return len(sent) > 5 and case is sent[-1]


def _delivery(
    batch: RealBatch, cargo: Load, cases: list[Case], pharmacy: str, day: date, wave: int
) -> Iterator[Scene]:
    reference = f"DA-{batch.lot}-{wave + 1}"
    uris = tuple(case.uri for case in cases)
    sender, next_day = cargo.distributor, day + timedelta(days=1)
    yield Scene(_clock(day, 15), sender, Kind.SHIP, uris, other=pharmacy, reference=reference)
    if _is_turned_away(cargo, cases[-1]):
        yield Scene(
            _clock(next_day, 9, 20), pharmacy, Kind.REFUSE, uris[-1:], other=sender,
            reference=reference,
        )  # fmt: skip
        uris = uris[:-1]
    if uris:
        at = _clock(next_day, 9, 30)
        yield Scene(at, pharmacy, Kind.RECEIVE, uris, other=sender, reference=reference)


def _at_the_counter(case: Case, first: date, draw: random.Random) -> Iterator[Scene]:
    """Six in ten packs reach a patient within twelve days, at opening hours."""
    for pack in case.packs[: int(SHARE_DISPENSED * len(case.packs))]:
        day = first + timedelta(days=draw.randrange(DAYS_OF_DISPENSING))
        at = _clock(day, 9, seconds=draw.randrange(36_000))
        yield Scene(at, case.pharmacy, Kind.DISPENSE, (pack,))


def _mishaps(batch: RealBatch, cargo: Load, start: date) -> Iterator[Scene]:
    """From the undispensed end of the first cases: a return, and a broken pack."""
    sent = [case for case in cargo.cases if case.wave is not None]
    first = sent[0]
    day = start + timedelta(days=7)
    if len(first.packs) >= 8:
        back, reference = first.packs[-2:], f"RET-{batch.lot}"
        pharmacy, distributor = first.pharmacy, cargo.distributor
        yield Scene(
            _clock(day, 17), pharmacy, Kind.RETURN, back, other=distributor, reference=reference
        )
        yield Scene(
            _clock(day + timedelta(days=2), 9, 15), distributor, Kind.RECEIVE, back,
            other=pharmacy, reference=reference,
        )  # fmt: skip
    if len(first.packs) >= 8 and len(sent) > 2:
        broken = (first.packs[-3],)
        yield Scene(_clock(day, 12), first.pharmacy, Kind.LOCK, broken)
        yield Scene(_clock(day + timedelta(days=1), 12), first.pharmacy, Kind.DESTROY, broken)
