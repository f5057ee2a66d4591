"""One real batch, from the first serial to the last sealed entry, through the job every screen uses."""

from __future__ import annotations

import time
from collections.abc import Iterator

from apps.custody.services.commission import start_commission
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.limits import copy_alone, facts_alone, last_statement, rows_since
from pharmatrace.kernel.custody.act import MOST_PACKAGES

LOT, MAKER = "U011389", "maker-m"  # 162,355 packs
TARGET_SECONDS = 8.0


def measure(ground: Ground) -> Iterator[Figure]:
    batch, actor = ground.batch(LOT), ground.world.actors[MAKER]
    count = ground.size(batch.quantity)
    before = last_statement()
    begun = time.perf_counter()
    job = start_commission(
        actor=actor,
        user=ground.member(MAKER).user,
        batch=batch,
        count=count,
        at=ground.now(),
    )
    while run_one_step(at=ground.now()):
        pass
    captured = time.perf_counter()
    ground.seal_all()
    took = time.perf_counter() - begun
    job = Job.objects.get(id=job.id)
    if job.state != Job.State.DONE:
        raise RuntimeError(f"the job is {job.state}: {job.failure}")
    rows = rows_since(before) | {"custody_package": f"batch_id = '{batch.id}'"}
    uris = ground.new_packs(batch, count)
    events = [uris[n : n + MOST_PACKAGES] for n in range(0, count, MOST_PACKAGES)]
    yield Figure(
        name="commission",
        work=f"commission one real batch of {count:,} packs, sealed and provable",
        value=took,
        unit="s",
        target=TARGET_SECONDS,
        more_is_better=False,
        limit=facts_alone(ground, MAKER, events) + copy_alone(rows),
        limit_is="facts, hashes and COPY of the same rows alone",
        note=f"{count / took:,.0f} packs/s; sealing {took - (captured - begun):.2f} s of it",
    )
