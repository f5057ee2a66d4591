"""The kinds of event we know, the states they lead to, and how EPCIS spells them (CBV 2.0 §7.1, §7.2)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

# Kinds of record that are no act of custody: an event about things we do not track, and a declaration
# that an event was wrong (EPCIS 2.0 §7.4.1.2). The column `kind` has these words too.
UNMANAGED: Final = "unmanaged"
DECLARE_ERROR: Final = "declare_error"
ERASED: Final = "erased"
"""An event of which only hashes are left: what it was is not known any more."""


class Kind(StrEnum):
    COMMISSION = "commission"
    PACK = "pack"
    UNPACK = "unpack"
    SHIP = "ship"
    CANCEL_SHIPMENT = "cancel_shipment"
    RECEIVE = "receive"
    REFUSE = "refuse"
    RETURN = "return"
    DISPENSE = "dispense"
    UNDO_DISPENSE = "undo_dispense"
    DECOMMISSION = "decommission"
    REINSTATE = "reinstate"
    DESTROY = "destroy"
    SAMPLE = "sample"
    EXPORT = "export"
    LOCK = "lock"
    UNLOCK = "unlock"
    REPORT_STOLEN = "report_stolen"
    INSPECT = "inspect"


class Status(StrEnum):
    ACTIVE = "active"
    IN_TRANSIT = "in_transit"
    SUPPLIED = "supplied"
    EXPORTED = "exported"
    SAMPLE = "sample"
    LOCKED = "locked"
    STOLEN = "stolen"
    DESTROYED = "destroyed"
    DECOMMISSIONED = "decommissioned"
    VOID = "void"  # registered by mistake: its coming to life was declared wrong


class Level(StrEnum):
    PACK = "pack"
    CASE = "case"
    PALLET = "pallet"


class Spelling(NamedTuple):
    """How a kind is written as an EPCIS event: CBV bare words."""

    type: str
    action: str
    biz_step: str
    disposition: str | None


_OBJECT, _AGGREGATION = "ObjectEvent", "AggregationEvent"

SPELLINGS: dict[Kind, Spelling] = {
    Kind.COMMISSION: Spelling(_OBJECT, "ADD", "commissioning", "active"),
    Kind.PACK: Spelling(_AGGREGATION, "ADD", "packing", "in_progress"),
    Kind.UNPACK: Spelling(_AGGREGATION, "DELETE", "unpacking", "in_progress"),
    Kind.SHIP: Spelling(_OBJECT, "OBSERVE", "shipping", "in_transit"),
    Kind.CANCEL_SHIPMENT: Spelling(_OBJECT, "OBSERVE", "void_shipping", "in_progress"),
    Kind.RECEIVE: Spelling(_OBJECT, "OBSERVE", "receiving", "in_progress"),
    Kind.REFUSE: Spelling(_OBJECT, "OBSERVE", "receiving", "non_conformant"),
    Kind.RETURN: Spelling(_OBJECT, "OBSERVE", "shipping", "returned"),
    Kind.DISPENSE: Spelling(_OBJECT, "OBSERVE", "dispensing", "dispensed"),
    Kind.UNDO_DISPENSE: Spelling(_OBJECT, "OBSERVE", "dispensing", "active"),
    Kind.DECOMMISSION: Spelling(_OBJECT, "DELETE", "decommissioning", "inactive"),
    Kind.REINSTATE: Spelling(_OBJECT, "OBSERVE", "commissioning", "active"),
    Kind.DESTROY: Spelling(_OBJECT, "DELETE", "destroying", "destroyed"),
    Kind.SAMPLE: Spelling(_OBJECT, "OBSERVE", "sampling", "unavailable"),
    Kind.EXPORT: Spelling(_OBJECT, "OBSERVE", "departing", "unavailable"),
    Kind.LOCK: Spelling(_OBJECT, "OBSERVE", "holding", "non_sellable_other"),
    Kind.UNLOCK: Spelling(_OBJECT, "OBSERVE", "holding", "sellable_accessible"),
    Kind.REPORT_STOLEN: Spelling(_OBJECT, "OBSERVE", "inspecting", "stolen"),
    Kind.INSPECT: Spelling(_OBJECT, "OBSERVE", "inspecting", None),
}

# Dispositions that partners add to a step without changing what it means for custody. Nothing that cannot be
# undone, or that stops a pack, is ever read out of a step alone.
_PLAIN: dict[Kind, frozenset[str | None]] = {
    Kind.COMMISSION: frozenset({None, "in_progress", "encoded"}),
    Kind.PACK: frozenset({None, "container_closed", "container_open"}),
    Kind.UNPACK: frozenset({None, "container_open"}),
    Kind.SHIP: frozenset({None, "in_progress", "container_closed"}),
    Kind.RECEIVE: frozenset(
        {None, "active", "available", "conformant", "container_closed", "completeness_verified",
         "sellable_accessible", "sellable_not_accessible"}
    ),
    Kind.DISPENSE: frozenset({None}),
    Kind.INSPECT: frozenset(
        {"active", "available", "conformant", "completeness_verified", "container_closed",
         "container_open", "in_progress"}
    ),
}  # fmt: skip

# Steps that say where a package was seen and that nothing changed: who holds it, in what state, in which
# container. Steps that may mean a movement (arriving, departing, accepting, transporting) are not among them.
SEEN_STEPS = (
    "cycle_counting", "loading", "picking", "staging_outbound", "stock_taking", "stocking",
    "storing", "unloading",
)  # fmt: skip
SEEN: dict[str, frozenset[str | None]] = {
    step: _PLAIN[Kind.INSPECT] | {None, "sellable_accessible", "sellable_not_accessible"}
    for step in SEEN_STEPS
}

_BY_SPELLING = (
    {spelling: kind for kind, spelling in SPELLINGS.items()}
    | {
        SPELLINGS[kind]._replace(disposition=plain): kind
        for kind, dispositions in _PLAIN.items()
        for plain in dispositions
    }
    | {
        Spelling(_OBJECT, "OBSERVE", step, plain): Kind.INSPECT
        for step, dispositions in SEEN.items()
        for plain in dispositions
    }
)


def kind_of(
    *, type: str, action: str, biz_step: str | None, disposition: str | None
) -> Kind | None:
    """The kind an event spells, or None where it spells none of ours: never a guess."""
    if biz_step is None:
        return None
    return _BY_SPELLING.get(Spelling(type, action, biz_step, disposition))
