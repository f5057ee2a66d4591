"""What an event that was accepted does to the state of one package. `decide` writes the future with these,
`lives` reads the past with them: one rule, so that replaying gives what was stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.rules import RULES
from pharmatrace.kernel.custody.world import PackageState

OUTGOING = (Kind.SHIP, Kind.RETURN)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as far as it changes custody: who did it where and when, and to whom goods were sent."""

    kind: Kind
    party: UUID
    site: UUID
    consignee: UUID | None  # of a shipment or return
    at: datetime


def is_pack(path: str) -> bool:
    """Whether a path is that of a single pack: an SSCC or a GTIN of indicator digit 1 to 8 holds others."""
    return path.startswith("01/") and path[3] not in "12345678"


def born(id: UUID, path: str, level: Level, batch: UUID | None, deed: Deed) -> PackageState:
    """A package that comes to life: commissioned, or a container that is packed into for the first time."""
    return PackageState(
        id, path, level, batch, None, deed.party, deed.site, Status.ACTIVE, deed.at, None
    )


def put_in(child: PackageState, parent: UUID) -> PackageState:
    """Inside a container custody is the outermost one's."""
    return replace(child, parent=parent, custodian=None, site=None)


def taken_out(child: PackageState, parent: PackageState) -> PackageState:
    """What comes out takes over the custody its container has at that moment."""
    return replace(
        child,
        parent=None,
        custodian=parent.custodian,
        site=parent.site,
        status=parent.status,
        status_at=parent.status_at,
        consignee=parent.consignee,
    )


def change_of(deed: Deed) -> dict[str, Any]:
    """The fields of a state that a deed changes which neither makes, packs nor unpacks."""
    status = RULES[deed.kind].after
    if status is None:
        return {}
    change: dict[str, Any] = {
        "status": status,
        "status_at": deed.at,
        "consignee": deed.consignee if deed.kind in OUTGOING else None,
    }
    if deed.kind is not Kind.REFUSE:  # refused goods are where they were: with the sender
        change["site"] = deed.site
    if deed.kind is Kind.RECEIVE:
        change["custodian"] = deed.party
    return change
