"""Auditing the whole log: every entry hashed again, from the tables and from the public files."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from apps.ledger.auditing.log_tree import tree_is_whole
from apps.ledger.audits import Span, audit, checks
from apps.ledger.exporting.export import export
from apps.ledger.exporting.targets import Folder
from apps.ledger.models import Entry
from apps.ledger.selectors import log_keys
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.limits import hashing_alone
from pharmatrace.kernel.commands.log_files import Folder as Files
from pharmatrace.kernel.tlog.audit import Walk, walk
from pharmatrace.kernel.tlog.audit_heads import earlier_heads, newest_head

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
    findings = list(tree_is_whole(Span()))
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
    yield from _from_files(entries)
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


def _from_files(entries: Sequence[bytes]) -> Iterator[Figure]:
    """`manage.py publish` into a folder, then what `python -m pharmatrace.kernel audit` does there."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        told = export(Folder(Path(folder)))
        took = time.perf_counter() - begun
        assert told is not None
        yield Figure(
            name="publish",
            work=f"publish the whole log as {told.files:,} files, each synced",
            value=told.size / took,
            unit="entries/s",
        )
        begun = time.perf_counter()
        source, log, at = Files(Path(folder)), log_keys(), Walk()
        heads = newest_head(source, log)
        findings = list(earlier_heads(source, heads, log, above=0))
        findings += walk(source, until=heads.newest, at=at, heads=heads.roots)
        took = time.perf_counter() - begun
        if findings or at.tree.size != told.size:
            raise RuntimeError(f"the audit of the files found {findings[:1]}")
    yield Figure(
        name="audit_files",
        work=f"audit the whole log from its public files in a folder, {told.size:,} entries",
        value=told.size / took,
        unit="entries/s",
        target=TARGET_RATE,
        limit=len(entries) / hashing_alone(list(entries)),
        limit_is="hashing the same entries into one tree in memory",
    )
