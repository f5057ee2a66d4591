"""Verifying packs drawn at random, at the rate of a busy country, and what more packs cost."""

from __future__ import annotations

import random
from collections.abc import Iterator

from apps.catalog.models import Batch
from apps.catalog.services import register_batch
from apps.custody.models import Package
from pharmatrace.bench.figures import Figure, percentile
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.load import Request, closed_loop, open_loop

PER_SECOND, SECONDS, CLIENTS = 150.0, 12, 16
LOT, MAKER = "U002114", "maker-m"
FIRST, STEP = 100_000, 500_000
TARGET_P99, TARGET_GROWTH = 50.0, 1.3


def measure(ground: Ground) -> Iterator[Figure]:
    """First with 100,000 packs (or what there is already), then with `ground.packs`."""
    few = fill_up(ground, ground.size(FIRST, least=1_000))
    cost_of_few = _cost(ground)
    many = fill_up(ground, max(ground.size(ground.packs), few))
    cost_of_many = _cost(ground)
    yield _latency(ground, many)
    if many > few:
        yield Figure(
            name="verify_growth",
            work=f"cost of one verification, {few:,} → {many:,} packs",
            value=cost_of_many / cost_of_few,
            unit="×",
            target=TARGET_GROWTH,
            more_is_better=False,
            note=f"{1000 * cost_of_few:.1f} ms → {1000 * cost_of_many:.1f} ms each, one client;"
            " the target is for 10⁵ → 10⁷ (--packs 10000000)",
        )


def _latency(ground: Ground, packs: int) -> Figure:
    requests = _requests(int(PER_SECOND * SECONDS))
    answered = open_loop(ground.web(), requests, per_second=PER_SECOND, clients=CLIENTS)
    times = [1000 * seconds for seconds in answered.must_be_right().seconds]
    return Figure(
        name="verify",
        work=f"verify a pack (API), {packs:,} packs in the database, {PER_SECOND:.0f} requests/s",
        value=percentile(times, 0.99),
        unit="ms (p99)",
        target=TARGET_P99,
        more_is_better=False,
        note=f"p50 {percentile(times, 0.5):.1f} ms, {len(times):,} packs drawn at random;"
        " the target is for 10 million packs (--packs 10000000)",
    )


def _cost(ground: Ground) -> float:
    """Median seconds of one verification with nobody else asking."""
    requests = _requests(400)
    closed_loop(ground.web(), requests[:100], clients=1).must_be_right()
    return percentile(closed_loop(ground.web(), requests[100:], clients=1).seconds, 0.5)


def _requests(count: int) -> list[Request]:
    """For packs anywhere in the database: ids are hashes, so a random id's neighbour is a random pack."""
    draw = random.Random(count)  # noqa: S311 (which packs are asked for is no secret)
    paths: list[str] = []
    while len(paths) < count:
        middle = f"{draw.getrandbits(128):032x}"
        pack = Package.objects.filter(level="pack", id__gte=middle).order_by("id").first()
        if pack is not None:
            paths.append(pack.path)
    headers = {"Accept": "application/json"}
    return [Request("GET", f"/{path}", headers=headers) for path in paths]


def fill_up(ground: Ground, wanted: int) -> int:
    """Commissions packs until there are `wanted`; returns how many there are."""
    there = Package.objects.filter(level="pack").count()
    product = ground.batch(LOT).product
    while there < wanted:
        count = min(STEP, wanted - there)
        ground.say(f"loading {count:,} packs more ({there:,} there)")
        batch: Batch = register_batch(
            actor=ground.world.actors[MAKER],
            product=product,
            lot=f"BENCH{there}",
            expiry=ground.batch(LOT).expiry,
            quantity=count,
            site=ground.batch(LOT).site,
            at=ground.now(),
        )
        ground.commission(batch, ground.new_packs(batch, count))
        there += count
    ground.seal_all()
    ground.analyze()
    return there
