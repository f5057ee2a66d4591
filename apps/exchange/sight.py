"""Which events a reader sees, and how much of each (DESIGN §6).

A regulator sees all. An organisation sees what it did and what was sent to it. Everything upstream it sees
by asking for a package it had: then the package's earlier events are there too, each with the packages
that the question names and no others, since a partner's serials are nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.custody.levels import DELIVERY, level_of, whole_events
from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import Step, history
from apps.parties.models import Membership, Organisation
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.gs1.identifiers import package_ids


@dataclass(slots=True)
class Sight:
    """`where` over CustodyEvent. `narrowed`: per event seen only by its packages, which URIs show."""

    where: Q = field(default_factory=Q)
    narrowed: dict[int, set[str]] = field(default_factory=dict)


def sight_of(reader: Membership, named: Iterable[str] = ()) -> Sight:
    """`named` are the packages (canonical URIs) the question is about: a few queries for each."""
    if sees_all(reader):
        return Sight()
    sight = Sight()
    for uri in sorted(named):
        steps = history(package_ids([uri.removeprefix(RESOLVER)])[0])
        for id, shown in _upstream(uri, steps, reader).items():
            sight.narrowed.setdefault(id, set()).update(shown)
    sight.where = _own(reader.organisation_id) | Q(id__in=list(sight.narrowed))
    return sight


def sees_all(reader: Membership) -> bool:
    return reader.organisation.kind == Organisation.Kind.REGULATOR


def sees_package(reader: Membership, uri: str) -> bool:
    steps = history(package_ids([uri.removeprefix(RESOLVER)])[0])
    return bool(steps) and level_of(reader, steps) != "public"


def packages_seen(reader: Membership) -> QuerySet[Package]:
    """Packages that an event names which the reader did or received."""
    if sees_all(reader):
        return Package.objects.all()
    events = PackageEvent.objects.filter(package_id=OuterRef("pk"))
    return Package.objects.filter(Exists(events.filter(_own(reader.organisation_id, "event__"))))


def _own(organisation_id: UUID, on: str = "") -> Q:
    return Q(**{f"{on}actor_id": organisation_id}) | Q(
        **{f"{on}counterparty_id": organisation_id, f"{on}kind__in": DELIVERY}
    )


def _is_own(event: CustodyEvent, organisation_id: UUID) -> bool:
    return event.actor_id == organisation_id or (
        event.counterparty_id == organisation_id and event.kind in DELIVERY
    )


def _upstream(uri: str, steps: list[Step], reader: Membership) -> dict[int, set[str]]:
    """Events of a package that the reader sees because it had the package, with what it sees of them."""
    mine = reader.organisation_id
    ids = whole_events(steps, level=level_of(reader, steps), organisation_id=mine)
    earlier = [
        step
        for step in steps
        if step.event.id in ids
        and step.via is None
        and not _is_own(step.event, mine)
        # What others took out of a container names only packages that never came with it; and an
        # unpacking without children would say that all were taken out (EPCIS 2.0 §7.4.3).
        and not (step.event.kind == Kind.UNPACK and step.position == 0)
    ]
    shown = {step.event.id: {uri} for step in earlier}
    packings = [one for one in earlier if one.event.kind == Kind.PACK and one.position == 0]
    if packings:
        _add_contents(shown, packings, steps, mine)
    return shown


def _add_contents(
    shown: dict[int, set[str]], packings: list[Step], steps: list[Step], mine: UUID
) -> None:
    """A container came with what was in it: children packed before it reached the reader, and not taken
    out again on the way."""
    unpackings = [one for one in steps if one.event.kind == Kind.UNPACK and one.position == 0]
    ids = [one.event.id for one in (*packings, *unpackings)]
    children: dict[int, Any] = dict(
        CustodyEvent.objects.filter(id__in=ids).values_list("id", "document__childEPCs")
    )
    for packing in packings:
        since = packing.event.id
        reached = min(s.event.id for s in steps if s.event.id > since and _is_own(s.event, mine))
        gone = {
            child
            for one in unpackings
            if since < one.event.id < reached
            for child in children[one.event.id]
        }
        came = set(children[since]) - gone
        if came:
            shown[since] |= came
        else:
            del shown[since]
