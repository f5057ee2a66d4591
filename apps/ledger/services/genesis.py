"""The first statement of the log: who keeps it, with which keys. Signed by the registrar itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.ledger.services.sign import Draft, Signed, sign
from apps.parties.signing import Signer
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.tlog.checkpoint import Checkpoint

SUBJECT = "registry:genesis"


def genesis(
    *,
    origin: str,
    log_key: str,
    registrar: Signer,
    iss: str,
    at: datetime,
    predecessor: Checkpoint | None = None,
    first: int = 0,
) -> Signed:
    """Facts: origin, the log's verifier key, the registrar's public key and its kid, and the time; of a log that
    goes on where another one ended, also that one's final checkpoint: origin, size and root. `first` is the number of
    this entry over all shards, of every shard but the first."""
    before: tuple[tuple[str, Any], ...] = ()
    if predecessor is not None:
        before = (
            ("predecessor", predecessor.origin),
            ("predecessor_size", predecessor.size),
            ("predecessor_root", predecessor.root),
        )
    if first:
        before += (("first", first),)
    facts = (
        ("origin", origin),
        ("log_key", log_key),
        ("registrar", registrar.public_key),
        ("registrar_kid", registrar.kid),
        ("time", at.isoformat()),
        *before,
    )
    return sign(Draft(EntryType.GENESIS, registrar, iss, SUBJECT, facts), at=at)
