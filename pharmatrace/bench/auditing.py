"""Auditing the whole log: every entry hashed again and compared with tiles, head and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Iterator

from apps.ledger.audits import audit, checks
from apps.ledger.models import Entry
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.limits import hashing_alone

TARGET_RATE = 100_000.0
LEAST = 100_000


def measure(ground: Ground) -> Iterator[Figure]:
    """The log as it stands after the other measurements, made longer where it is short."""
    from pharmatrace.bench.sealing import queue

    size = Entry.objects.count()
    wanted = ground.size(LEAST, least=512)
    if size < wanted:
        queue(ground, wanted - size)
    ground.seal_all()
    entries = [
        bytes(data) for data in Entry.objects.order_by("index").values_list("data", flat=True)
    ]
    begun = time.perf_counter()
    findings = list(checks()["tree"]())
    took = time.perf_counter() - begun
    if findings:
        raise RuntimeError(f"the audit found {findings[0].place}: {findings[0].sentence}")
    yield Figure(
        name="audit",
        work=f"audit the whole log, {len(entries):,} entries against tiles, head and checkpoints",
        value=len(entries) / took,
        unit="entries/s",
        target=TARGET_RATE,
        limit=len(entries) / hashing_alone(entries),
        limit_is="hashing the same entries into one tree in memory",
    )
    begun = time.perf_counter()
    findings = [finding for _, finding in audit()]
    took = time.perf_counter() - begun
    if findings:
        raise RuntimeError(f"the audit found {findings[0].place}: {findings[0].sentence}")
    yield Figure(
        name="audit_everything",
        work="audit log, statements, signatures, events and package chains (`manage.py audit`)",
        value=len(entries) / took,
        unit="entries/s",
        note=f"{took:.1f} s in all; checks: {', '.join(checks())}",
    )
