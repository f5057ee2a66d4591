"""A recall: from the decision to every holder known and told."""

from __future__ import annotations

import time
from collections.abc import Iterator

from apps.custody.models import Package
from apps.safety.models import Alert
from apps.safety.services import recall
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.demo.cast import CAST

LOT, MAKER = "T039771", "maker-m"
TARGET_SECONDS = 5.0


def measure(ground: Ground) -> Iterator[Figure]:
    """The batch the other measurements spread over pharmacies, filled up to its real size."""
    batch, actor = ground.batch(LOT), ground.world.actors[MAKER]
    there = Package.objects.filter(batch=batch).count()
    more = ground.new_packs(batch, max(0, ground.size(batch.quantity) - there))
    ground.commission(batch, more)
    takers = [key for key, player in CAST.items() if player.kind in ("distributor", "pharmacy")]
    share = len(more) // (len(takers) + 1)
    for number, taker in enumerate(takers):
        ground.ship(more[number * share : (number + 1) * share], sender=MAKER, to=taker)
    begun = time.perf_counter()
    recall(
        actor=actor,
        user=ground.member(MAKER).user,
        batch=batch,
        severity="2",
        reason="Measured by the bench.",
        instruction="None.",
        at=ground.now(),
    )
    took = time.perf_counter() - begun
    told = Alert.objects.filter(batch=batch, kind=Alert.Kind.RECALLED).count()
    yield Figure(
        name="recall",
        work=f"recall {Package.objects.filter(batch=batch).count():,} packs: every holder known and told",
        value=took,
        unit="s",
        target=TARGET_SECONDS,
        more_is_better=False,
        note=f"{told} holders told; the target is for 475,459 packs",
    )
