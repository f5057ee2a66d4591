"""From a package's history and its refused scans to sightings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from apps.custody.models import RefusedEvent
from apps.custody.selectors import Step
from apps.oversight.route.journey import Sighting
from apps.oversight.route.positions import Position, position_of
from apps.parties.models import Site
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, Kind

LEAVES = (Kind.SHIP, Kind.RETURN)
MOST_REFUSED = 100  # of one package; a code that was copied a thousand times has a thousand


def sightings(steps: Iterable[Step], refused: Sequence[RefusedEvent]) -> list[Sighting]:
    """What stands in the history, and where the code was presented and refused. One query where some were."""
    seen = [_recorded(step) for step in steps if step.stands and step.event.site is not None]
    sites = {one.gln: one for one in Site.objects.filter(gln__in={_gln(r) for r in refused} - {""})}
    for row in refused:
        site = sites.get(_gln(row))
        if site is not None and row.kind != DECLARE_ERROR:
            seen.append(_presented(row, site))
    return seen


def refused_scans(package_id: UUID) -> list[RefusedEvent]:
    """The newest of them. One query."""
    rows = RefusedEvent.objects.filter(package_id=package_id).select_related("actor")
    return list(rows.order_by("-recorded_at")[:MOST_REFUSED])


def _recorded(step: Step) -> Sighting:
    site = step.event.site
    assert site is not None
    kind = step.event.kind
    return Sighting(
        place=site.gln,
        name=str(site),
        country=site.country,
        at=step.event.occurred_at,
        what=kind,
        position=_position(site),
        leaves=kind in LEAVES,
    )


def _presented(row: RefusedEvent, site: Site) -> Sighting:
    return Sighting(
        place=site.gln,
        name=str(site),
        country=site.country,
        at=_occurred(row),
        what=row.kind,
        position=_position(site),
        refused=True,
    )


def _position(site: Site) -> Position | None:
    return position_of(latitude=site.latitude, longitude=site.longitude, country=site.country)


def _occurred(row: RefusedEvent) -> datetime:
    """When it was scanned, as the scanner says; what is no time, or lies after we heard of it, is when we heard."""
    told = row.document.get("eventTime")
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else row.recorded_at
    except ValueError:
        return row.recorded_at
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), row.recorded_at)


def _gln(row: RefusedEvent) -> str:
    """Of the site that the refused event names."""
    head = f"{RESOLVER}414/"
    for name in ("readPoint", "bizLocation"):
        place: Any = row.document.get(name)
        uri = place.get("id") if isinstance(place, dict) else None
        if isinstance(uri, str) and uri.startswith(head):
            return uri[len(head) : len(head) + 13]
    return ""
