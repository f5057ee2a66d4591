"""Makes outline.json and countries.json, the map that pages draw from. Run by whoever updates them:

    npm pack world-atlas@2 && tar xf world-atlas-2.*.tgz
    python -m apps.oversight.route.derive package/countries-50m.json codes.json

The first file is TopoJSON of Natural Earth 1:50m, which is in the public domain (the package around it: ISC licence). The
second is `{"620": "PT", …}`: numeric to two-letter codes of ISO 3166-1. Shared borders are one arc there, and each arc
is simplified once, so neighbours still meet.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TOLERANCE = 0.08  # degrees; a line is never farther from the real one
LEAST = 0.25  # degrees; rings smaller than that are left out, except a country's largest
PLACES = 2

Point = tuple[float, float]
"""Longitude, latitude."""


def main(topology: str, codes: str) -> None:
    world = json.loads(Path(topology).read_bytes())
    names = json.loads(Path(codes).read_bytes())
    arcs = [_simplified(arc) for arc in _arcs(world)]
    rings: list[list[list[float]]] = []
    middles: dict[str, list[float]] = {}
    for country in world["objects"]["countries"]["geometries"]:
        found = [_ring(ring, arcs) for polygon in _polygons(country) for ring in polygon[:1]]
        if not found:
            continue
        largest = max(found, key=lambda ring: abs(_area(ring)))
        if code := names.get(country.get("id", "")):
            middles[code] = [round(v, PLACES) for v in _middle(largest)]
        rings += [
            [[round(x, PLACES), round(y, PLACES)] for x, y in ring]
            for ring in found
            if len(ring) > 3 and (ring is largest or _extent(ring) >= LEAST)
        ]
    _write("outline.json", rings)
    _write("countries.json", dict(sorted(middles.items())))


def _write(name: str, value: object) -> None:
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def _arcs(world: Any) -> Iterator[list[Point]]:
    """Arcs are written as differences of whole numbers (TopoJSON §2.1.4)."""
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    for arc in world["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def _polygons(country: Any) -> list[Any]:
    if country["type"] == "Polygon":
        return [country["arcs"]]
    return country["arcs"] if country["type"] == "MultiPolygon" else []


def _ring(numbers: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """A negative number is an arc walked backwards (TopoJSON §2.1.4)."""
    ring: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _simplified(points: list[Point]) -> list[Point]:
    """Douglas and Peucker: points that lie nearer than TOLERANCE to the line between others go."""
    keep = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        far, at = 0.0, 0
        for number in range(first + 1, last):
            away = _distance(points[number], points[first], points[last])
            if away > far:
                far, at = away, number
        if far > TOLERANCE:
            keep.add(at)
            stretches += [(first, at), (at, last)]
    return [points[number] for number in sorted(keep)]


def _distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if not length else ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length
    t = min(1.0, max(0.0, t))
    return float(((p[0] - a[0] - t * dx) ** 2 + (p[1] - a[1] - t * dy) ** 2) ** 0.5)


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def _middle(ring: Sequence[Point]) -> tuple[float, float]:
    """Latitude and longitude of the centre of gravity; of what has no area, the mean of its points."""
    area = _area(ring)
    if abs(area) < 1e-6:
        return (sum(p[1] for p in ring) / len(ring), sum(p[0] for p in ring) / len(ring))
    pairs = [
        (a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    x = sum((a[0] + b[0]) * w for a, b, w in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * w for a, b, w in pairs) / (6 * area)
    return y, x


def _extent(ring: Sequence[Point]) -> float:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return max(max(xs) - min(xs), max(ys) - min(ys))


if __name__ == "__main__":
    main(*sys.argv[1:3])
