"""Who may see how much of a package's history (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from apps.custody.selectors import Step
from apps.parties.models import Membership, Organisation
from pharmatrace.kernel.custody.kinds import Kind

Level = Literal["public", "party", "regulator"]
DELIVERY = (Kind.SHIP, Kind.RETURN, Kind.RECEIVE, Kind.REFUSE)


def level_of(membership: Membership | None, steps: Sequence[Step]) -> Level:
    """A regulator sees all, whoever had the package in hands or under way a party's view, others the
    public one."""
    if membership is None:
        return "public"
    if membership.organisation.kind == Organisation.Kind.REGULATOR:
        return "regulator"
    return "party" if _last_share(steps, membership.organisation_id) >= 0 else "public"


def whole_events(
    steps: Sequence[Step], *, level: Level, organisation_id: UUID | None
) -> frozenset[int]:
    """Ids of the events a reader sees whole: for a party what it did, what was sent to it, the receipt of
    what it sent, and all before."""
    if level == "regulator":
        return frozenset(step.event.id for step in steps)
    if level == "public" or organisation_id is None:
        return frozenset()
    last = _last_share(steps, organisation_id)
    return frozenset(step.event.id for step in steps[: last + 1])


def _last_share(steps: Sequence[Step], organisation_id: UUID) -> int:
    """Where an organisation last acted or was the other side of a delivery; −1 if never."""
    shares = [
        at
        for at, step in enumerate(steps)
        if step.event.actor_id == organisation_id
        or (step.event.counterparty_id == organisation_id and step.event.kind in DELIVERY)
    ]
    return shares[-1] if shares else -1
