"""`decide`: package states and an act in, new states or every broken rule out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pharmatrace.kernel.custody import checks
from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.case import Case
from pharmatrace.kernel.custody.effects import (
    OUTGOING,
    Deed,
    born,
    change_of,
    is_pack,
    put_in,
    taken_out,
)
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.rules import RULES
from pharmatrace.kernel.custody.world import PackageState, Party, World
from pharmatrace.kernel.refusal import Refused


def decide(
    states: Mapping[UUID, PackageState], act: Act, actor: Party, now: datetime, *, world: World
) -> list[PackageState]:
    """The state after `act` of every package it names, in document order.

    `states` holds those packages that exist. Raises `Refused` with every rule the act breaks; it changes
    nothing itself.
    """
    case = Case(act=act, states=_alive(states, act), actor=actor, world=world, now=now)
    rule = RULES[act.kind]
    refusals = [
        *checks.known(case),
        *checks.where(case),
        *checks.when(case),
        *checks.licence(case, rule.activities),
        *(checks.status(case, rule.before) if rule.before else ()),
        *checks.authority(case, rule.who),
    ]
    for check in rule.checks:
        refusals += check(case)
    if refusals:
        raise Refused(refusals)
    return _after(case)


def _after(case: Case) -> list[PackageState]:
    kind, place, consignee = case.act.kind, case.place, case.consignee
    assert place is not None
    sent_to = consignee.id if kind in OUTGOING and consignee is not None else None
    deed = Deed(kind, case.actor.id, place.id, sent_to, case.act.occurred_at)
    if kind is Kind.COMMISSION:
        return _commissioned(case, deed)
    if kind is Kind.PACK:
        return _packed(case, deed)
    if kind is Kind.UNPACK:
        parent = case.known[0]
        return [parent, *(taken_out(child, parent) for child in case.known[1:])]
    change = change_of(deed)
    return [replace(state, **change) for state in case.known] if change else case.known


def _commissioned(case: Case, deed: Deed) -> list[PackageState]:
    act = case.act
    first = act.packages[0][1]
    batch = None
    if first.startswith("01/"):
        batch = case.world.batches[first[3:17], act.lot or ""].id
    level = Level.PACK if is_pack(first) else Level.CASE
    return [born(id, path, level, batch, deed) for id, path in act.packages]


def _packed(case: Case, deed: Deed) -> list[PackageState]:
    act = case.act
    parent_id, parent_path = act.packages[0]
    children = [case.states[id] for id, _ in act.packages[1:]]
    level = Level.CASE if all(c.level is Level.PACK for c in children) else Level.PALLET
    parent = case.states.get(parent_id) or born(parent_id, parent_path, level, None, deed)
    if level is Level.PALLET and parent.level is Level.CASE:
        parent = replace(parent, level=level)
    return [parent, *(put_in(child, parent_id) for child in children)]


def _alive(states: Mapping[UUID, PackageState], act: Act) -> Mapping[UUID, PackageState]:
    """What was registered by mistake is not there for an event that would bring it to life: a commissioning,
    or the container of a packing. Every other event finds it, void."""
    if act.kind is Kind.COMMISSION:
        making = act.packages
    elif act.kind is Kind.PACK:
        making = act.packages[:1]
    else:
        return states
    void = {id for id, _ in making if id in states and states[id].status is Status.VOID}
    if not void:
        return states
    named = (id for id, _ in act.packages)
    return {id: states[id] for id in named if id in states and id not in void}
