"""Statements for tests, signed by an organisation's real key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from apps.ledger.services import Draft, Signed, append, sign
from apps.parties.signing import Signer, registrar_signer
from pharmatrace.kernel.evidence.statement import EntryType

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACKS = tuple((f"https://id.gs1.org/01/09506000134352/21/{n}", 0, None) for n in range(3))


def drafted(number: int, *, signer: Signer | None = None) -> Draft:
    return Draft(
        type=EntryType.CUSTODY,
        signer=signer or registrar_signer(),
        iss="did:web:example.org:parties:mia",
        subject=f"ni:///sha-256;{number:064x}?ver=CBV2.0",
        facts=(("type", "ObjectEvent"), ("step", "commissioning"), ("place", "Basel")),
        packages=PACKS,
    )


def signed(count: int, *, start: int = 0) -> list[Signed]:
    signer = registrar_signer()
    return [sign(drafted(start + n, signer=signer), at=NOON) for n in range(count)]


def append_some(count: int, *, start: int = 0) -> Sequence[int]:
    return append(signed(count, start=start), at=NOON)
