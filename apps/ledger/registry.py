"""Registry statements: every change of a key or licence is itself an entry of the log (DESIGN §4).

The receiver runs inside the transaction that made the change, so neither exists without the other. It needs
no open log: the statement waits in the queue, and the genesis always comes before what waits.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from apps.ledger.issuer import issuer
from apps.ledger.models import RegistryStatement
from apps.ledger.order import size_before
from apps.ledger.services.append import append
from apps.ledger.services.sign import Draft, sign
from apps.parties.models import RegistryChange
from apps.parties.selectors import registry_facts
from apps.parties.signals import registry_changed
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.evidence.statement import EntryType


@receiver(registry_changed, dispatch_uid="ledger.registry")
def state_change(change: RegistryChange, **_: Any) -> None:
    """Signs what changed, as registrar, and queues it for the log."""
    facts = registry_facts(change)
    if change.since is not None:
        # A thief writes any time into a statement; its place in the log he cannot choose.
        facts = (*facts, ("from_entry", size_before(change.since)))
    draft = Draft(
        type=EntryType.REGISTRY,
        signer=registrar_signer(),
        iss=issuer(),
        subject=f"registry:{change.id}",
        facts=facts,
    )
    (statement,) = append([sign(draft, at=change.changed_at)], at=change.changed_at)
    RegistryStatement.objects.create(change=change, statement_id=statement)
