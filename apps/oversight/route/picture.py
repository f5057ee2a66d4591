"""The map as numbers for an SVG: land, stops and legs, cut to where the package was.

Equirectangular, with the middle latitude true to scale. Small on purpose: land outside the picture is cut off, and
points nearer than half a unit to the one before are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path

from apps.oversight.route.journey import Journey, Leg, Stop
from apps.oversight.route.positions import Position

WIDTH, HEIGHT = 640.0, 400.0
LEAST_DEGREES = 6.0
"""The picture never shows less: a street is not what the outline is good for."""
MARGIN = 0.2
FINEST = 0.5
NEAR = 16.0
"""Stops nearer than that share one mark."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """One mark on the map, for all stops at it."""

    x: float
    y: float
    stops: tuple[Stop, ...]

    @property
    def label(self) -> str:
        return ", ".join(str(stop.number) for stop in self.stops)

    @property
    def refused(self) -> bool:
        return all(stop.refused for stop in self.stops)

    @property
    def exact(self) -> bool:
        return all(
            one.place.position is not None and one.place.position.exact for one in self.stops
        )


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    leg: Leg


@dataclass(frozen=True, slots=True)
class Picture:
    """`land` is the `d` of one SVG path."""

    width: int
    height: int
    land: str
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]


class Window:
    """From degrees to units of the picture."""

    def __init__(self, positions: Sequence[Position]) -> None:
        south, north = _span([one.latitude for one in positions], LEAST_DEGREES)
        self.narrow = max(0.2, cos(radians((south + north) / 2)))
        west, east = _span([one.longitude for one in positions], LEAST_DEGREES / self.narrow)
        wide, high = (east - west) * self.narrow, north - south
        self.scale = min(WIDTH / wide, HEIGHT / high)
        self.west = (west + east) / 2 - WIDTH / self.scale / self.narrow / 2
        self.north = (south + north) / 2 + HEIGHT / self.scale / 2

    def point(self, longitude: float, latitude: float) -> Point:
        x = (longitude - self.west) * self.narrow * self.scale
        return x, (self.north - latitude) * self.scale


def picture_of(journey: Journey) -> Picture | None:
    """None where no stop is on the map."""
    positions = [one.place.position for one in journey.stops if one.place.position is not None]
    if not positions:
        return None
    window = Window(positions)
    at = {
        stop.number: window.point(stop.place.position.longitude, stop.place.position.latitude)
        for stop in journey.stops
        if stop.place.position is not None
    }
    lines = tuple(
        Line(*_rounded(at[leg.start.number]), *_rounded(at[leg.end.number]), leg)
        for leg in journey.legs
        if leg.start.number in at and leg.end.number in at
    )
    return Picture(int(WIDTH), int(HEIGHT), _land(window), lines, _spots(journey.stops, at))


def _span(values: Sequence[float], least: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = max(least, (high - low) * (1 + 2 * MARGIN))
    middle = (low + high) / 2
    return middle - room / 2, middle + room / 2


def _spots(stops: Iterable[Stop], at: dict[int, Point]) -> tuple[Spot, ...]:
    spots: list[Spot] = []
    for stop in stops:
        if stop.number not in at:
            continue
        x, y = _rounded(at[stop.number])
        for number, spot in enumerate(spots):
            if abs(spot.x - x) < NEAR and abs(spot.y - y) < NEAR:
                spots[number] = Spot(spot.x, spot.y, (*spot.stops, stop))
                break
        else:
            spots.append(Spot(x, y, (stop,)))
    return tuple(spots)


def _land(window: Window) -> str:
    shapes = []
    for ring in _outline():
        points = _clipped([window.point(x, y) for x, y in ring])
        if len(points) > 2:
            shapes.append(_path(points))
    return "".join(shapes)


def _path(points: Sequence[Point]) -> str:
    out = [points[0]]
    for x, y in points[1:]:
        if abs(x - out[-1][0]) + abs(y - out[-1][1]) >= FINEST:
            out.append((x, y))
    if len(out) < 3:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in out) + "Z"


def _clipped(ring: Sequence[Point]) -> list[Point]:
    """The part of a polygon inside the picture (Sutherland and Hodgman), and a little around it, so that the
    edges made by cutting lie outside."""
    points = list(ring)
    for axis, limit, keep in ((0, -9.0, 1), (0, WIDTH + 9, -1), (1, -9.0, 1), (1, HEIGHT + 9, -1)):
        kept: list[Point] = []
        for before, here in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            inside = (here[axis] - limit) * keep >= 0
            if inside != ((before[axis] - limit) * keep >= 0):
                t = (limit - before[axis]) / (here[axis] - before[axis])
                kept.append(
                    (before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1]))
                )
            if inside:
                kept.append(here)
        points = kept
    return points


def _rounded(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)


@lru_cache(maxsize=1)
def _outline() -> list[list[Point]]:
    """Countries as rings of (longitude, latitude): Natural Earth, see derive.py."""
    rings: list[list[Point]] = json.loads(Path(__file__).with_name("outline.json").read_bytes())
    return rings
