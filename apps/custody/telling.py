"""What later events of the same document must know of an accepted one: room left in a batch, what is now inside
what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.world import PackageState, World


def tell_the_world(act: Act, states: Sequence[PackageState], world: World) -> None:
    """`states` are those after the act."""
    if act.kind is Kind.COMMISSION:
        _take_room(world, states[0].batch, len(states))
    if act.kind is Kind.PACK:
        _put_in(states[0], states[1:], world, outermost=states[0])
    if act.kind is Kind.UNPACK:
        _take_out(states[0], states[1:], world)


def untell_the_world(act: Act, states: Sequence[PackageState], world: World) -> None:
    """The act was declared wrong; `states` are those without it."""
    if act.kind is Kind.COMMISSION:
        _take_room(world, states[0].batch, -len(states))
    if act.kind is Kind.PACK:
        _take_out(states[0], states[1:], world)
    if act.kind is Kind.UNPACK:
        parent = states[0]
        _put_in(parent, states[1:], world, outermost=world.outermost.get(parent.id, parent))


def _take_room(world: World, batch_id: UUID | None, packs: int) -> None:
    if batch_id is None:
        return
    batch = world.batches_by_id[batch_id]
    batch = replace(batch, room=batch.room - packs)
    world.batches_by_id[batch.id] = world.batches[batch.gtin, batch.lot] = batch


def _put_in(
    parent: PackageState,
    children: Sequence[PackageState],
    world: World,
    *,
    outermost: PackageState,
) -> None:
    inside = world.contents.setdefault(parent.id, {})
    for child in children:
        lots = {lot for one in world.contents.get(child.id, {}).values() for lot in one}
        inside[child.id] = frozenset(lots | ({child.batch} if child.batch else set()))
        world.outermost[child.id] = outermost


def _take_out(parent: PackageState, children: Sequence[PackageState], world: World) -> None:
    inside = world.contents.get(parent.id, {})
    for child in children:
        inside.pop(child.id, None)
        world.outermost.pop(child.id, None)
