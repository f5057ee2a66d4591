"""Live events, one every few seconds, so that the screens move. Each looks at what is there and goes on from it.

Petra's and Dan's deliveries are left for whoever signs in as them, and the lot of the good pack on the poster is not
dispensed, so that the poster stays true.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from apps.catalog.models import Product
from apps.custody import selectors as custody
from apps.custody.models import Package, PackageEvent
from apps.custody.outcomes import CaptureResult
from apps.custody.services.capture import capture
from pharmatrace.demo.cast import CAST, PHARMACIES
from pharmatrace.demo.highlights import SOUND_LOT
from pharmatrace.demo.live_batch import begin_batch
from pharmatrace.demo.scenes import Scene, event_of
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind

VISITOR = "pharmacy-porto"
WAREHOUSE = "wholesaler"  # whose deliveries wait for whoever signs in as Dan
WAITING_FOR_VISITOR = 3  # shipments on the way to Petra, at most
FEW_CASES = 5  # with fewer left, the makers begin a new batch
MOST_UNPACKED = 200

Action = Callable[[World, datetime], list[Scene]]


def one_step(world: World, *, at: datetime) -> CaptureResult | None:
    """Does the next thing that can be done; None where there is nothing left to do."""
    draw = random.Random()  # noqa: S311 (who acts next is no secret)
    for action in sorted(WEIGHTS, key=lambda one: -draw.random() * WEIGHTS[one]):
        scenes = action(world, at)
        if scenes:
            events = [event_of(scene) for scene in scenes]
            return capture(actor=world.actors[scenes[0].who], events=events, at=at)
    return None


def dispense(world: World, at: datetime) -> list[Scene]:
    for who in _shuffled("pharmacy"):
        packs = _sound(_held(world, who).filter(level="pack"), at).exclude(batch__lot=SOUND_LOT)
        pack = packs.filter(id__gte=uuid4()).order_by("id").first() or packs.first()
        if pack is not None:
            return [Scene(at - timedelta(seconds=2), who, Kind.DISPENSE, (_uri(pack),))]
    return []


def deliver(world: World, at: datetime) -> list[Scene]:
    """A distributor sends one case on, within the country it was made for where that is known."""
    waiting = custody.incoming(world.actors[VISITOR].organisation_id).count()
    for who in _shuffled("distributor"):
        for case in _full_cases(world, who, at)[:1]:
            inside = custody.contents(case.id).first()
            assert inside is not None and inside.batch is not None
            takers = [
                taker
                for taker in PHARMACIES.get(inside.batch.product.market, PHARMACIES["PT"])
                if taker != VISITOR or waiting < WAITING_FOR_VISITOR
            ]
            reference = f"DA-{at:%y%m%d}-{secrets.randbelow(10**6):06d}"
            return [
                Scene(
                    at - timedelta(seconds=2), who, Kind.SHIP, (_uri(case),),
                    other=secrets.choice(takers), reference=reference,
                )
            ]  # fmt: skip
    return []


def receive(world: World, at: datetime) -> list[Scene]:
    """Somebody takes in everything that is on the way to them from one sender under one reference."""
    for who in _shuffled("distributor", "pharmacy"):
        if who in (VISITOR, WAREHOUSE):
            continue
        first = custody.incoming(world.actors[who].organisation_id).first()
        if first is None:
            continue
        reference = _reference(first)
        uris = tuple(
            _uri(package)
            for package in custody.incoming(world.actors[who].organisation_id).filter(
                custodian_id=first.custodian_id
            )[:50]
            if _reference(package) == reference
        )
        sender = _player(world, first.custodian_id)
        if sender is not None:
            return [
                Scene(
                    at - timedelta(seconds=2), who, Kind.RECEIVE, uris, other=sender,
                    reference=reference,
                )
            ]  # fmt: skip
    return []


def unpack(world: World, at: datetime) -> list[Scene]:
    for who in _shuffled("pharmacy"):
        for case in _full_cases(world, who, at)[:1]:
            inside = tuple(_uri(package) for package in custody.contents(case.id)[:MOST_UNPACKED])
            now = at - timedelta(seconds=2)
            return [Scene(now, who, Kind.UNPACK, inside, parent=_uri(case))]
    return []


def make_more(world: World, at: datetime) -> list[Scene]:
    """When the distributors run low: a new batch, packed and on its way."""
    for who in _shuffled("distributor"):
        if len(_full_cases(world, who, at)[:FEW_CASES]) == FEW_CASES:
            continue
        if custody.incoming(world.actors[who].organisation_id).exists():
            continue
        products = list(Product.objects.filter(withdrawn_at__isnull=True).order_by("?")[:1])
        for product in products:
            maker = _player(world, product.manufacturer_id)
            if maker is not None:
                return begin_batch(world, maker, product=product, to=who, at=at)
    return []


# The larger, the sooner it is tried. What cannot be done leaves the turn to the next.
WEIGHTS: dict[Action, float] = {
    dispense: 1.0,
    receive: 0.8,
    unpack: 0.7,
    deliver: 0.6,
    make_more: 0.3,
}


def _shuffled(*kinds: str) -> list[str]:
    keys = [key for key, player in CAST.items() if player.kind in kinds]
    return sorted(keys, key=lambda _: secrets.randbits(32))


def _held(world: World, who: str) -> QuerySet[Package]:
    return custody.held_by(world.actors[who].organisation_id).filter(status="active")


def _sound(packages: QuerySet[Package], at: datetime) -> QuerySet[Package]:
    return packages.filter(
        batch__recalled_at=None, batch__product__withdrawn_at=None, batch__expiry__gte=at.date()
    )


def _full_cases(world: World, who: str, at: datetime) -> QuerySet[Package]:
    """Cases somebody holds, with nothing but sound packs in them."""
    bad = Q(contents__batch__recalled_at__isnull=False) | Q(contents__batch__expiry__lt=at.date())
    held = _held(world, who).filter(level="case", contents__level="pack")
    return held.exclude(id__in=held.filter(bad).values("id")).distinct()


def _reference(package: Package) -> str:
    last = (
        PackageEvent.objects.filter(package_id=package.id, event__kind__in=(Kind.SHIP, Kind.RETURN))
        .select_related("event")
        .order_by("-seq")
        .first()
    )
    return last.event.reference.rpartition(":")[2] if last else ""


def _player(world: World, organisation_id: UUID | None) -> str | None:
    return next(
        (key for key, actor in world.actors.items() if actor.organisation_id == organisation_id),
        None,
    )


def _uri(package: Package) -> str:
    return RESOLVER + package.path
