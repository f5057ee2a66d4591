"""The rule table: one row per kind, read from left to right.

Who may act, from which states, to which state, which licence it takes, and which further checks apply. To
add a rule, write a check in `checks.py` and name it in a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pharmatrace.kernel.custody import checks
from pharmatrace.kernel.custody.case import Case
from pharmatrace.kernel.custody.checks import Who
from pharmatrace.kernel.custody.kinds import Kind, Status
from pharmatrace.kernel.refusal import Refusal

Check = Callable[[Case], list[Refusal]]

S = Status
ACTIVE = frozenset({S.ACTIVE})
ANY = frozenset(S)
MAKE, TRADE = frozenset({"manufacture"}), frozenset({"manufacture", "wholesale", "dispense"})
PRESCRIBED = frozenset({"dispense"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    who: Who
    before: frozenset[Status]
    after: Status | None  # None: the event leaves the state as it is
    activities: frozenset[str]  # the actor needs a licence for one of these; empty: none needed
    checks: tuple[Check, ...] = ()


RULES: dict[Kind, Rule] = {
    Kind.COMMISSION: Rule(Who.MAKER, frozenset(), S.ACTIVE, MAKE, (checks.new, checks.batch)),
    Kind.PACK: Rule(Who.HOLDER, ACTIVE, None, NONE, (checks.packing,)),
    Kind.UNPACK: Rule(
        Who.HOLDER_OR_CONSIGNEE,
        frozenset({S.ACTIVE, S.IN_TRANSIT, S.LOCKED}),
        None,
        NONE,
        (checks.unpacking,),
    ),
    Kind.SHIP: Rule(
        Who.HOLDER,
        ACTIVE,
        S.IN_TRANSIT,
        TRADE,
        (checks.sender, checks.consignee, checks.sound_goods),
    ),
    Kind.RETURN: Rule(
        Who.HOLDER, ACTIVE, S.IN_TRANSIT, NONE, (checks.sender, checks.consignee, checks.upstream)
    ),
    Kind.CANCEL_SHIPMENT: Rule(Who.HOLDER, frozenset({S.IN_TRANSIT}), S.ACTIVE, NONE),
    Kind.RECEIVE: Rule(
        Who.CONSIGNEE, frozenset({S.IN_TRANSIT}), S.ACTIVE, TRADE, (checks.delivery,)
    ),
    Kind.REFUSE: Rule(Who.CONSIGNEE, frozenset({S.IN_TRANSIT}), S.ACTIVE, NONE, (checks.delivery,)),
    Kind.DISPENSE: Rule(
        Who.HOLDER,
        ACTIVE,
        S.SUPPLIED,
        PRESCRIBED,
        (checks.single_packs, checks.sound_goods, checks.stops_answered),
    ),
    Kind.UNDO_DISPENSE: Rule(
        Who.HOLDER,
        frozenset({S.SUPPLIED}),
        S.ACTIVE,
        PRESCRIBED,
        (checks.undo_window, checks.sound_goods),
    ),
    Kind.DECOMMISSION: Rule(Who.HOLDER, frozenset({S.ACTIVE, S.LOCKED}), S.DECOMMISSIONED, NONE),
    Kind.REINSTATE: Rule(
        Who.HOLDER,
        frozenset({S.DECOMMISSIONED, S.SAMPLE, S.EXPORTED}),
        S.ACTIVE,
        NONE,
        (checks.undo_window, checks.sound_goods),
    ),
    Kind.DESTROY: Rule(
        Who.HOLDER, frozenset({S.ACTIVE, S.LOCKED, S.DECOMMISSIONED, S.SAMPLE}), S.DESTROYED, NONE
    ),
    Kind.SAMPLE: Rule(Who.HOLDER, ACTIVE, S.SAMPLE, NONE, (checks.single_packs,)),
    Kind.EXPORT: Rule(Who.HOLDER, ACTIVE, S.EXPORTED, TRADE, (checks.sound_goods,)),
    Kind.LOCK: Rule(Who.HOLDER, ACTIVE, S.LOCKED, NONE),
    Kind.UNLOCK: Rule(Who.HOLDER, frozenset({S.LOCKED}), S.ACTIVE, NONE),
    Kind.REPORT_STOLEN: Rule(
        Who.HOLDER, frozenset({S.ACTIVE, S.IN_TRANSIT, S.LOCKED}), S.STOLEN, NONE
    ),
    Kind.INSPECT: Rule(Who.HOLDER_OR_INSPECTOR, ANY, None, NONE),
}
