"""One event on its way through the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.custody.outcomes import Outcome
from apps.ledger.services import Signed
from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.world import PackageState, Party
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.parts import ErrorDeclaration

Key = tuple[str, bool]
"""An event's hash, and whether it is the declaration that the event was wrong."""


@dataclass(slots=True)
class Item:
    """`act` is what the event means for custody, or would without its `declaration`; None where it means
    nothing we know. `partner` is whose act it is, where the actor records it for somebody without a key. What
    follows is filled in when the event is accepted."""

    event: Event
    hash: str
    outcome: Outcome
    act: Act | None = None
    document: str = ""
    declaration: ErrorDeclaration | None = None
    partner: Party | None = None
    states: Sequence[PackageState] = ()
    signed: Signed | None = None
    site_id: UUID | None = None
    counterparty_id: UUID | None = None
    reference: str = ""

    @property
    def key(self) -> Key:
        """An event and the declaration that it was wrong have the same hash (CBV 2.0 §8.9)."""
        return self.hash, self.declaration is not None
