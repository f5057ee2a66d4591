"""The journey of a package: where it was seen, how it came from one place to the next, and what cannot be.

Pure: sightings in, stops and legs out. A leg is marked where the way is too long for the time (`impossible`), where
nobody recorded that the package set out (`unexplained`), and where it was under way for very long (`long`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from apps.oversight.route.positions import Position, kilometres

MOST_KMH = 900.0
"""A cargo aircraft's cruise. No medicine travels faster from door to door."""
CLOCKS = timedelta(minutes=15)
"""How far two scanners' clocks may be apart."""
NEARBY_KM = 50.0
"""A site's coordinates may be those of its town."""
COUNTRY_KM = 1_000.0
"""What a country's middle may be away from a place in it; each such end is given as much."""
LONG = timedelta(days=14)


class Mark(StrEnum):
    IMPOSSIBLE = "impossible"
    UNEXPLAINED = "unexplained"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody had the package in hands at `place` (the site's GLN). `leaves`: the record says that it set out.
    `refused`: it was presented and nothing was recorded, so this may be a copy."""

    place: str
    name: str
    country: str
    at: datetime
    what: str
    position: Position | None = None
    leaves: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Sightings at one place, without another in between."""

    number: int
    sightings: tuple[Sighting, ...]

    @property
    def place(self) -> Sighting:
        return self.sightings[0]

    @property
    def first(self) -> datetime:
        return self.sightings[0].at

    @property
    def last(self) -> datetime:
        return self.sightings[-1].at

    @property
    def refused(self) -> bool:
        """Nothing was ever recorded there."""
        return all(one.refused for one in self.sightings)

    @property
    def sent_on(self) -> bool:
        recorded = [one for one in self.sightings if not one.refused]
        return bool(recorded) and recorded[-1].leaves


@dataclass(frozen=True, slots=True)
class Leg:
    """From one stop to the next. `km` is None where a place is on no map."""

    start: Stop
    end: Stop
    km: float | None
    took: timedelta
    marks: tuple[Mark, ...]

    @property
    def kmh(self) -> float | None:
        """None where it cannot be computed: no way, or no time."""
        hours = self.took.total_seconds() / 3600
        return None if self.km is None or hours <= 0 else self.km / hours

    @property
    def impossible(self) -> bool:
        return Mark.IMPOSSIBLE in self.marks


@dataclass(frozen=True, slots=True)
class Journey:
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]

    @property
    def rows(self) -> list[tuple[Stop, Leg | None]]:
        """Each stop with the leg that led there."""
        return list(zip(self.stops, (None, *self.legs), strict=False))

    @property
    def impossible(self) -> bool:
        return any(leg.impossible for leg in self.legs)

    @property
    def marked(self) -> tuple[Leg, ...]:
        return tuple(leg for leg in self.legs if leg.marks)


def journey_of(sightings: Iterable[Sighting]) -> Journey:
    """Stops in the order of their times, and the legs between them."""
    stops: list[Stop] = []
    for one in sorted(sightings, key=lambda one: one.at):
        if stops and stops[-1].place.place == one.place:
            stops[-1] = replace(stops[-1], sightings=(*stops[-1].sightings, one))
        else:
            stops.append(Stop(len(stops) + 1, (one,)))
    legs = [_leg(stops, number) for number in range(1, len(stops))]
    return Journey(tuple(stops), tuple(legs))


def _leg(stops: Sequence[Stop], number: int) -> Leg:
    start, end = stops[number - 1], stops[number]
    a, b = start.place.position, end.place.position
    km = None if a is None or b is None else kilometres(a, b)
    took = end.first - start.last
    marks = []
    if a is not None and b is not None and too_fast(a, b, took):
        marks.append(Mark.IMPOSSIBLE)
    if not end.refused and not _sent_on(stops[:number], end):
        marks.append(Mark.UNEXPLAINED)
    elif start.sent_on and took > LONG:
        marks.append(Mark.LONG)
    return Leg(start, end, km, took, tuple(marks))


def too_fast(a: Position, b: Position, took: timedelta) -> bool:
    """Whether nothing covers the way in that time, however wrong clocks and coordinates may be."""
    doubt = NEARBY_KM + COUNTRY_KM * ((not a.exact) + (not b.exact))
    hours = (max(took, timedelta(0)) + CLOCKS).total_seconds() / 3600
    return (kilometres(a, b) - doubt) / hours > MOST_KMH


def _sent_on(before: Sequence[Stop], end: Stop) -> bool:
    """The package was sent out from where it was recorded last. A copy that was presented elsewhere in between
    moved nothing."""
    recorded = [stop for stop in before if not stop.refused]
    return not recorded or recorded[-1].place.place == end.place.place or recorded[-1].sent_on
