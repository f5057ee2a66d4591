"""Where a place is: its own coordinates, or else the middle of its country, which is said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, north and east positive. Without `exact` all that is known is the country."""

    latitude: float
    longitude: float
    exact: bool = True


def position_of(
    *, latitude: float | None, longitude: float | None, country: str
) -> Position | None:
    """None where not even the country is on our map."""
    if latitude is not None and longitude is not None:
        return Position(latitude, longitude)
    middle = _middles().get(country)
    return Position(middle[0], middle[1], exact=False) if middle else None


def kilometres(a: Position, b: Position) -> float:
    """Along the great circle (haversine formula)."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    across = cos(radians(a.latitude)) * cos(radians(b.latitude))
    chord = sin(north / 2) ** 2 + across * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


@lru_cache(maxsize=1)
def _middles() -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = json.loads(
        Path(__file__).with_name("countries.json").read_bytes()
    )
    return found
