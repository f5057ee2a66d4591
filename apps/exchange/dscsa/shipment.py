"""A shipment, and what was in it when it left: not what lies in its containers now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import F

from apps.custody.models import CustodyEvent, PackageEvent
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refused

SAME_DELIVERY = timedelta(days=31)  # a delivery number seen again later is another delivery's
MOST_PACKAGES = 250_000
DEEPEST = 12  # containers in containers
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Shipment:
    """What one organisation shipped to another under one delivery number, or in one event where there is no
    number. `events` are its shipping events, oldest first, with their documents."""

    events: tuple[CustodyEvent, ...]
    sender: Organisation
    receiver: Organisation

    @property
    def first(self) -> CustodyEvent:
        return self.events[0]

    @property
    def reference(self) -> str:
        return self.first.reference


def shipment_of(actor: Actor, event_id: int) -> Shipment | None:
    """The shipment that a shipping event is part of, for its two parties and a regulator; None for others, as
    where there is none. Two queries."""
    shipments = CustodyEvent.objects.filter(kind=Kind.SHIP, counterparty__isnull=False)
    one = shipments.select_related("actor", "counterparty", "site").filter(pk=event_id).first()
    if one is None or one.counterparty is None:
        return None
    if actor.kind != Organisation.Kind.REGULATOR and actor.organisation_id not in (
        one.actor_id,
        one.counterparty_id,
    ):
        return None
    events: Sequence[CustodyEvent] = [one]
    if one.reference:
        events = list(
            shipments.filter(
                actor_id=one.actor_id,
                counterparty_id=one.counterparty_id,
                reference=one.reference,
                recorded_at__range=(
                    one.recorded_at - SAME_DELIVERY,
                    one.recorded_at + SAME_DELIVERY,
                ),
            )
            .select_related("site")
            .order_by("id")
        )
    return Shipment(tuple(events), one.actor, one.counterparty)


@dataclass(slots=True)
class Contents:
    """`inside`: every package of a shipment (canonical path) with the container it lay in, None for the
    outermost; containers stand before what is in them. `packings`: the events that packed it so.
    `taken_back`: outermost packages whose shipping was cancelled; they are not in it."""

    inside: dict[str, str | None] = field(default_factory=dict)
    packings: set[int] = field(default_factory=set)
    taken_back: int = 0

    @property
    def leaves(self) -> list[str]:
        """Packages with nothing in them, in order."""
        containers = set(self.inside.values())
        return [path for path in self.inside if path not in containers]


def contents_of(shipment: Shipment) -> Contents:
    """Raises Refused `shipment_too_large`. A few queries a level of packing and thousand containers."""
    found = Contents()
    for event in shipment.events:
        gone = _taken_back(event)
        paths = [uri.removeprefix(RESOLVER) for uri in event.document.get("epcList", ())]
        outermost = [path for path in paths if path not in gone]
        found.taken_back += len(gone)
        _add(found, dict.fromkeys(outermost))
        _fill(found, outermost, before=event.pk)
    return found


def _taken_back(event: CustodyEvent) -> set[str]:
    """Those of its packages whose next event took the shipment back."""
    return set(
        PackageEvent.objects.filter(
            event_id=event.pk,
            package_id__in=package_ids(
                uri.removeprefix(RESOLVER) for uri in event.document.get("epcList", ())
            ),
            package__history__seq=F("seq") + 1,
            package__history__event__kind=Kind.CANCEL_SHIPMENT,
        ).values_list("package__path", flat=True)
    )


def _fill(found: Contents, containers: list[str], *, before: int) -> None:
    for _ in range(DEEPEST):
        inner: dict[str, str] = {}
        for chunk in chunks(containers):
            for container, children in _packed(found, chunk, before=before).items():
                inner |= dict.fromkeys(children, container)
        if not inner:
            return
        _add(found, inner)
        containers = list(inner)


def _packed(found: Contents, containers: list[str], *, before: int) -> dict[str, dict[str, int]]:
    """What lay directly in each container before that event, with the event that packed it."""
    rows = (
        PackageEvent.objects.filter(
            package_id__in=package_ids(containers),
            position=0,
            event_id__lt=before,
            event__kind__in=(Kind.PACK, Kind.UNPACK),
        )
        .order_by("event_id")
        .values_list(
            "event_id", "event__kind", "event__document__parentID", "event__document__childEPCs"
        )
    )
    held: dict[str, dict[str, int]] = {}
    for id, kind, parent, children in rows:
        inside = held.setdefault(str(parent).removeprefix(RESOLVER), {})
        paths = [uri.removeprefix(RESOLVER) for uri in children or ()]
        if kind == Kind.PACK:
            inside |= dict.fromkeys(paths, id)
        elif not paths:  # everything was taken out (EPCIS 2.0 §7.4.3)
            inside.clear()
        else:
            for path in paths:
                inside.pop(path, None)
    found.packings |= {id for inside in held.values() for id in inside.values()}
    return held


def _add(found: Contents, more: dict[str, str] | dict[str, str | None]) -> None:
    found.inside.update(more)
    if len(found.inside) > MOST_PACKAGES:
        raise Refused.one(
            "shipment_too_large",
            f"This shipment has more than {MOST_PACKAGES:,} packages; ask for its events one by one.",
        )


def chunks(paths: Iterable[str], size: int = AT_ONCE) -> Iterator[list[str]]:
    every = list(paths)
    return (every[first : first + size] for first in range(0, len(every), size))


def ids_of(paths: Iterable[str]) -> dict[UUID, str]:
    listed = list(paths)
    return dict(zip(package_ids(listed), listed, strict=True))
