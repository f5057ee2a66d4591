"""Puts the stories through the capture door, day by day. Telling them again changes nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from apps.custody.services.capture import capture
from apps.parties.actor import Actor
from pharmatrace.demo.scenes import Scene, event_of

MOST_EVENTS, MOST_PACKAGES = (
    1_000,
    20_000,
)  # in one capture: what fits in memory and one transaction


@dataclass(slots=True)
class Told:
    """How much was told: events captured now, packages they name, and events known from before."""

    events: int = 0
    packages: int = 0
    repeated: int = 0


class WrongStory(RuntimeError):
    """The rules refused a scene that was meant to pass: the story or the rules are wrong."""


def tell(
    stories: Iterable[Iterable[Scene]],
    *,
    actors: Mapping[str, Actor],
    clock: Callable[[], datetime],
    progress: Callable[[date, Told], None] = lambda day, told: None,
) -> Told:
    """Captures scenes (each story in order of time) as their players. Raises `WrongStory`."""
    told = Told()
    scenes = heapq.merge(*stories, key=lambda scene: scene.at)
    for day, of_the_day in groupby(scenes, key=lambda scene: scene.at.date()):
        by_player: dict[str, list[Scene]] = {}
        for scene in of_the_day:
            by_player.setdefault(scene.who, []).append(scene)
        for who, theirs in by_player.items():
            for some in _portions(theirs):
                # Recorded when it happened, as it would have been: the counter does not believe old news.
                then = min(clock(), some[-1].at + timedelta(minutes=1))
                _capture(some, actor=actors[who], at=then, told=told)
        progress(day, told)
    return told


def _portions(scenes: list[Scene]) -> Iterator[list[Scene]]:
    portion: list[Scene] = []
    packages = 0
    for scene in scenes:
        if portion and (len(portion) == MOST_EVENTS or packages + len(scene.uris) > MOST_PACKAGES):
            yield portion
            portion, packages = [], 0
        portion.append(scene)
        packages += len(scene.uris)
    if portion:
        yield portion


def _capture(scenes: list[Scene], *, actor: Actor, at: datetime, told: Told) -> None:
    result = capture(actor=actor, events=[event_of(scene) for scene in scenes], at=at)
    for scene, outcome in zip(scenes, result.outcomes, strict=True):
        if outcome.fate == "accepted":
            told.events += 1
            told.packages += len(scene.uris)
        elif outcome.fate == "repeated":
            told.repeated += 1
    wrong = [
        f"{scene.at:%d %b %H:%M} {scene.who} {scene.kind}: {outcome.refusals[0].sentence}"
        for scene, outcome in zip(scenes, result.outcomes, strict=True)
        if outcome.fate == "refused"
    ]
    if wrong:
        raise WrongStory("; ".join(wrong[:3]))
