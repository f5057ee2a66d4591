"""Replaying the recorded events that stand from nothing gives the stored states."""

from __future__ import annotations

import random
from typing import Any

import pytest

from apps.custody.loading import load
from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import find, outermost
from pharmatrace.kernel.custody.act import RESOLVER, act_of
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, Kind
from pharmatrace.kernel.custody.world import PackageState
from pharmatrace.kernel.epcis.jsonld import read_event
from tests.custody.goods import CASE, CASE_2, PALLET, Goods, uris

pytestmark = pytest.mark.django_db

SIMPLE = sorted(set(Kind) - {Kind.COMMISSION, Kind.PACK, Kind.UNPACK, Kind.SHIP, Kind.RETURN})


def live(goods: Goods, cast: list[Any], chance: random.Random, steps: int) -> None:
    """Random things done to random packages, mostly by whom they concern; many are refused."""
    packs, containers = uris(8), [CASE, CASE_2, PALLET]
    for _ in range(steps):
        some = chance.sample(packs + containers, chance.randint(1, 2))
        who, other = concerned(some[0], cast, chance)
        match chance.choice(
            ["ship", "receive", "pack", "unpack", "return", "simple", "declare", "commission"]
        ):
            case "ship":
                goods.ship(who, some, other)
            case "return":
                goods.ship(who, some, other, returning=True)
            case "receive":
                goods.receive(who, some, other)
            case "pack":
                goods.pack(who, chance.choice(containers), some)
            case "unpack":
                goods.unpack(who, chance.choice(containers), some)
            case "commission":  # what was registered by mistake comes to life again
                goods.commission(cast[0], chance.sample(packs, 1))
            case "declare":
                declare_one(goods, cast, chance)
            case _:
                goods.do(chance.choice(SIMPLE), who, some)


def declare_one(goods: Goods, cast: list[Any], chance: random.Random) -> None:
    """One of the newest events is said to be wrong by whoever recorded it; often something is in the way."""
    events = list(CustodyEvent.objects.exclude(kind=DECLARE_ERROR).order_by("-id")[:4])
    event = chance.choice(events)
    by = next(one for one in cast if one.organisation == event.actor)
    goods.declare(by, read_event(event.document))


def concerned(uri: str, cast: list[Any], chance: random.Random) -> list[Any]:
    """Two of the cast; the first is, three times in four, whoever holds or expects the package."""
    found = find(uri.removeprefix(RESOLVER))
    two = chance.sample(cast, 2)
    if found is not None and chance.random() < 0.75:
        top = outermost(found)
        holder = top.consignee or top.custodian
        two.sort(key=lambda one: one.organisation != holder)
        if two[0].organisation != holder:
            two[0] = next(one for one in cast if one.organisation == holder)
    return two


def replay(cast: list[Any]) -> dict[Any, PackageState]:
    by_id = {one.organisation.id: one for one in cast}
    states: dict[Any, PackageState] = {}
    wrong = {bytes(one.hash) for one in CustodyEvent.objects.filter(kind=DECLARE_ERROR)}
    for event in CustodyEvent.objects.order_by("id"):
        # An inspection changes nothing, and may have been of what turned out not to exist.
        if bytes(event.hash) in wrong or event.kind == Kind.INSPECT:
            continue
        act = act_of(read_event(event.document))
        actor = by_id[event.actor_id].actor
        world = load(
            acts=[act], actor_id=actor.organisation_id, actor_gln=actor.gln,
            on=event.recorded_at.date(),
        )  # fmt: skip
        out = decide(states, act, world.actor, event.recorded_at, world=_roomy(world.world))
        states.update({state.id: state for state in out})
    return states


def _roomy(world: Any) -> Any:
    """The batch is full by now; how full it was then is not the packages' state."""
    from dataclasses import replace

    return replace(world, batches={k: replace(b, room=1_000) for k, b in world.batches.items()})


@pytest.mark.parametrize("seed", range(6))
def test_replay(mia: Any, dan: Any, petra: Any, goods: Goods, seed: int) -> None:
    cast = [mia, dan, petra]
    for one in uris(8):
        goods.commission(mia, [one]).raise_refused()
    live(goods, cast, random.Random(seed), steps=120)
    stored = {
        p.id: (p.path, p.level, p.parent_id, p.custodian_id, p.site_id, p.status, p.status_at,
               p.consignee_id)
        for p in Package.objects.exclude(status="void")
    }  # fmt: skip
    again = {
        s.id: (s.path, s.level, s.parent, s.custodian, s.site, s.status, s.status_at, s.consignee)
        for s in replay(cast).values()
    }
    assert again == stored
    assert CustodyEvent.objects.count() > 16
    assert CustodyEvent.objects.filter(kind=DECLARE_ERROR).exists()
