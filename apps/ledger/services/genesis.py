"""The first statement of the log: who keeps it, with which keys. Signed by the registrar itself."""

from __future__ import annotations

from datetime import datetime

from apps.ledger.services.sign import Draft, Signed, sign
from apps.parties.signing import Signer
from pharmatrace.kernel.evidence.statement import EntryType

SUBJECT = "registry:genesis"


def genesis(*, origin: str, log_key: str, registrar: Signer, iss: str, at: datetime) -> Signed:
    """Facts: origin, the log's verifier key, the registrar's public key and its kid, and the time."""
    facts = (
        ("origin", origin),
        ("log_key", log_key),
        ("registrar", registrar.public_key),
        ("registrar_kid", registrar.kid),
        ("time", at.isoformat()),
    )
    return sign(Draft(EntryType.GENESIS, registrar, iss, SUBJECT, facts), at=at)
