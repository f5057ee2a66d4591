"""Fills an installation with the demo. A second time it finds everything there and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from apps.ledger.models import Head, Pending
from apps.ledger.services import seal
from apps.safety.models import Recall
from pharmatrace.demo.attention import draw_attention
from pharmatrace.demo.batches import BATCHES, RECALLED_LOT
from pharmatrace.demo.highlights import Highlights, highlights
from pharmatrace.demo.incidents import happen
from pharmatrace.demo.investigation import investigate
from pharmatrace.demo.morning import open_counter
from pharmatrace.demo.public_life import live_in_public
from pharmatrace.demo.scale import Scale
from pharmatrace.demo.story import tell_batch
from pharmatrace.demo.telling import Told, tell
from pharmatrace.demo.warehouse import set_out_work
from pharmatrace.demo.world import Clock, World, build, try_mistyped
from pharmatrace.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Filled:
    """`refusals` are what was tried and refused, by name; `told` is None where all was there before."""

    world: World
    packs: Highlights
    refusals: Mapping[str, Refusal]
    told: Told | None
    log_size: int


def fill(
    *,
    scale: Scale,
    password: str,
    clock: Clock,
    progress: Callable[[date, Told], None] = lambda day, told: None,
) -> Filled:
    """Registers the cast, tells the story of every batch, lets things go wrong, seals. Raises
    `OtherScale`, `WrongStory`. Call it outside any transaction."""
    world = build(scale=scale, password=password, clock=clock)
    refusals = {"mistyped": try_mistyped(world, at=clock())}
    packs = highlights(scale=scale, today=world.today)
    told = None
    if not _told_before():
        stories = (tell_batch(batch, scale=scale, today=world.today) for batch in BATCHES)
        told = tell(list(stories), actors=world.actors, clock=clock, progress=progress)
    refusals |= happen(world, packs, at=clock())
    investigate(world, packs, at=clock())
    set_out_work(world, at=clock())
    live_in_public(world, packs, at=clock())
    if told is not None:
        open_counter(world, at=clock())
    draw_attention(packs, at=clock())
    return Filled(world, packs, refusals, told, _seal_everything(clock))


def _told_before() -> bool:
    """The recall is the story's last word: with it there, everything before it is."""
    return Recall.objects.filter(batch__lot=RECALLED_LOT).exists()


def _seal_everything(clock: Clock) -> int:
    while Pending.objects.exists():
        seal(at=clock())
    return Head.objects.get().size
