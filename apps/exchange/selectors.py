"""Reads: pages of events that match a question and may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.custody.models import CustodyEvent, PackageEvent
from apps.exchange.bounded import bounded
from apps.exchange.problems import EpcisException
from apps.exchange.query import Match, Query, holds
from apps.exchange.query.conditions import outside_custody
from apps.exchange.sight import Sight, sight_of
from apps.parties.models import Membership
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.gs1.identifiers import package_ids


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the key of the next page, None on the last one."""

    events: list[CustodyEvent]
    sight: Sight
    next: list[Any] | None


def find_events(reader: Membership, query: Query, *, since: list[Any] | None, size: int) -> Page:
    """One page of what matches and may be seen. A constant number of queries for a question without EPCs,
    however many events match; a few more for each EPC. Raises EpcisException `QueryTooLargeException`,
    or `QueryTooComplexException` where the database needs too long."""
    with bounded():
        return _find(reader, query, since, size)


def _find(reader: Membership, query: Query, since: list[Any] | None, size: int) -> Page:
    sight = sight_of(reader, query.named)
    found = CustodyEvent.objects.filter(sight.where, query.where)
    for match in query.matches:
        found = found.filter(_named(match))
    if query.most is not None and found[: query.most + 1].count() > query.most:
        raise EpcisException("QueryTooLargeException", f"More than {query.most:,} events match.")
    found, left = found.annotate(**query.order.keys), query.limit
    if since:
        *key, left = since
        found = found.filter(query.order.beyond(key))
    wanted = size if left is None else min(size, left)
    rows = list(found.order_by(*query.order.by)[: wanted + 1])
    left = None if left is None else left - wanted
    if len(rows) <= wanted or left == 0:
        return Page(rows[:wanted], sight, None)
    return Page(rows[:wanted], sight, [*query.order.key_of(rows[wanted - 1]), left])


def _named(match: Match) -> Q:
    """What the documents name. Where single objects are asked for, custody's own events are found by the
    index of packages, and all others by the index of their documents; a pattern has no index."""
    if match.patterns:
        return holds(match)
    paths = (uri.removeprefix(RESOLVER) for uri in sorted(match.uris))
    by_package = PackageEvent.objects.filter(package_id__in=package_ids(paths))
    events = list(by_package.values_list("event_id", flat=True).distinct())
    return (Q(pk__in=events) & holds(match)) | outside_custody(holds(match))
