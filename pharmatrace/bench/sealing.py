"""Sealing a full queue, and the same entries hashed and nothing else."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from apps.ledger.models import Pending
from apps.ledger.services import Draft, append, sign
from apps.parties.signing import registrar_signer
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.limits import hashing_alone
from pharmatrace.kernel.evidence.statement import EntryType

ENTRIES = 65_536
AT_ONCE = 4_096
TARGET_RATE = 10_000.0


def measure(ground: Ground) -> Iterator[Figure]:
    ground.seal_all()
    count = ground.size(ENTRIES, least=512)
    queue(ground, count)
    entries = [
        bytes(entry)
        for entry in Pending.objects.order_by("statement_id").values_list("entry", flat=True)
    ]
    begun = time.perf_counter()
    ground.seal_all()
    took = time.perf_counter() - begun
    yield Figure(
        name="seal",
        work=f"seal {count:,} pending entries: tree, tiles, signed checkpoint",
        value=count / took,
        unit="entries/s",
        target=TARGET_RATE,
        limit=count / hashing_alone(entries),
        limit_is="hashing the same entries into one tree in memory",
    )


def queue(ground: Ground, count: int) -> None:
    """Statements signed and appended, waiting to be sealed."""
    signer, now = registrar_signer(), ground.now()
    for start in range(0, count, AT_ONCE):
        append(
            [
                sign(
                    Draft(EntryType.REGISTRY, signer, "did:web:bench.example",
                          f"registry:bench-{secrets.token_hex(8)}", (("number", start + n),)),
                    at=now,
                )
                for n in range(min(AT_ONCE, count - start))
            ],
            at=now,
        )  # fmt: skip
