"""Reads: pages of events, of packages, and of the values that events have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from apps.custody.models import CustodyEvent, PackageEvent
from apps.exchange.problems import EpcisException
from apps.exchange.query import Query, packages_of
from apps.exchange.sight import Sight, packages_seen, sight_of
from apps.parties.models import Membership
from pharmatrace.kernel.custody.act import RESOLVER


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the key of the next page, None on the last one."""

    events: list[CustodyEvent]
    sight: Sight
    next: list[Any] | None


def find_events(reader: Membership, query: Query, *, since: list[Any] | None, size: int) -> Page:
    """One page of what matches and may be seen. A constant number of queries for a question without EPCs,
    however many events match; a few more for each EPC. Raises EpcisException `QueryTooLargeException`."""
    sight = sight_of(reader, query.named)
    found = CustodyEvent.objects.filter(sight.where, query.where)
    for uris in query.epcs:  # the document decides; the index of packages finds it
        by_package = PackageEvent.objects.filter(package_id__in=packages_of(uris))
        found = found.filter(pk__in=by_package.values("event_id"))
    if query.most is not None and found[: query.most + 1].count() > query.most:
        raise EpcisException("QueryTooLargeException", f"More than {query.most:,} events match.")
    left = query.limit
    if since:
        found, left = found.filter(_beyond(query, since)), since[2]
    wanted = size if left is None else min(size, left)
    order = ["id"] if query.order_by == "id" else [query.order_by, "id"]
    rows = list(found.order_by(*(f"-{o}" if query.descending else o for o in order))[: wanted + 1])
    left = None if left is None else left - wanted
    if len(rows) <= wanted or left == 0:
        return Page(rows[:wanted], sight, None)
    last = rows[wanted - 1]
    value = last.pk if query.order_by == "id" else getattr(last, query.order_by).isoformat()
    return Page(rows[:wanted], sight, [value, last.pk, left])


def _beyond(query: Query, since: list[Any]) -> Q:
    side = "lt" if query.descending else "gt"
    value, id, _ = since
    if query.order_by == "id":
        return Q(**{f"id__{side}": id})
    moment = datetime.fromisoformat(value)
    return Q(**{f"{query.order_by}__{side}": moment}) | Q(
        **{query.order_by: moment, f"id__{side}": id}
    )


VALUES = {
    "bizSteps": KeyTextTransform("bizStep", "document"),
    "dispositions": KeyTextTransform("disposition", "document"),
    "bizLocations": KeyTextTransform("id", KeyTransform("bizLocation", "document")),
    "readPoints": KeyTextTransform("id", KeyTransform("readPoint", "document")),
}


def values_seen(
    reader: Membership, name: str, *, since: str | None = None, only: str | None = None, size: int
) -> list[str]:
    """Distinct values of one of VALUES in the events a reader sees, in order; at most `size`."""
    found = CustodyEvent.objects.filter(sight_of(reader).where).annotate(
        value=Cast(VALUES[name], TextField())
    )
    found = found.filter(value__isnull=False)
    if since is not None:
        found = found.filter(value__gt=since)
    if only is not None:
        found = found.filter(value=only)
    return list(found.order_by("value").values_list(F("value"), flat=True).distinct()[:size])


def epcs_seen(reader: Membership, *, since: UUID | None, size: int) -> list[tuple[UUID, str]]:
    """Ids and canonical URIs of packages, in the order of their ids (which is no order to anyone)."""
    found = packages_seen(reader)
    if since is not None:
        found = found.filter(id__gt=since)
    return [
        (id, RESOLVER + path) for id, path in found.order_by("id").values_list("id", "path")[:size]
    ]
