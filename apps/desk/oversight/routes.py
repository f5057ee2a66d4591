"""The route of a package, for its page: stops and legs in words, and where possible a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.custody.models import Package
from apps.custody.selectors import Step
from apps.oversight.route.journey import MOST_KMH, journey_of
from apps.oversight.route.picture import picture_of
from apps.oversight.route.sightings import refused_scans, sightings


def route_of(package: Package, steps: Sequence[Step]) -> dict[str, Any]:
    """Two queries: what was refused, and the sites that it names."""
    journey = journey_of(sightings(steps, refused_scans(package.pk)))
    return {"journey": journey, "picture": picture_of(journey), "most_kmh": MOST_KMH}
