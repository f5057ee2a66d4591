"""`decide`: package states and an act in, new states or every broken rule out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pharmatrace.kernel.custody import checks
from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.case import Case
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
    case = Case(act=act, states=states, actor=actor, world=world, now=now)
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
    return _after(case, rule.after)


def _after(case: Case, status: Status | None) -> list[PackageState]:
    kind = case.act.kind
    if kind is Kind.COMMISSION:
        return _commissioned(case)
    if kind is Kind.PACK:
        return _packed(case)
    if kind is Kind.UNPACK:
        return _unpacked(case)
    if status is None:
        return case.known
    change: dict[str, object] = {"status": status, "status_at": case.act.occurred_at}
    if kind in (Kind.SHIP, Kind.RETURN):
        assert case.consignee is not None
        change["consignee"] = case.consignee.id
    else:
        change["consignee"] = None
    if kind is not Kind.REFUSE:  # refused goods are where they were: with the sender
        assert case.place is not None
        change["site"] = case.place.id
    if kind is Kind.RECEIVE:
        change["custodian"] = case.actor.id
    return [replace(state, **change) for state in case.known]  # type: ignore[arg-type]


def _commissioned(case: Case) -> list[PackageState]:
    act, place = case.act, case.place
    assert place is not None
    logistic = act.packages[0][1].startswith("00/")
    batch = None if logistic else case.world.batches[act.packages[0][1][3:17], act.lot or ""].id
    level = Level.CASE if logistic or act.packages[0][1][3] in "12345678" else Level.PACK
    return [
        PackageState(
            id, path, level, batch, None, case.actor.id, place.id, Status.ACTIVE,
            act.occurred_at, None,
        )
        for id, path in act.packages
    ]  # fmt: skip


def _packed(case: Case) -> list[PackageState]:
    act, place = case.act, case.place
    assert place is not None
    parent_id, parent_path = act.packages[0]
    children = [case.states[id] for id, _ in act.packages[1:]]
    level = Level.CASE if all(c.level is Level.PACK for c in children) else Level.PALLET
    parent = case.states.get(parent_id) or PackageState(
        parent_id, parent_path, level, None, None, case.actor.id, place.id, Status.ACTIVE,
        act.occurred_at, None,
    )  # fmt: skip
    if level is Level.PALLET and parent.level is Level.CASE:
        parent = replace(parent, level=level)
    return [
        parent,
        *(replace(child, parent=parent_id, custodian=None, site=None) for child in children),
    ]


def _unpacked(case: Case) -> list[PackageState]:
    """What comes out takes over the custody its container has at that moment."""
    parent = case.known[0]
    return [
        parent,
        *(
            replace(
                child,
                parent=None,
                custodian=parent.custodian,
                site=parent.site,
                status=parent.status,
                status_at=parent.status_at,
                consignee=parent.consignee,
            )
            for child in case.known[1:]
        ),
    ]
