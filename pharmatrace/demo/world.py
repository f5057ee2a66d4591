"""Registers the cast, their products and batches. What is there already is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.catalog.models import Batch, Product
from apps.catalog.services import register_batch, register_product
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Licence, Membership, Organisation, Site
from apps.parties.services import add_member, add_site, grant_licence, register_organisation
from pharmatrace.demo.batches import BATCHES, MISTYPED, Medicine, RealBatch, moved_expiry
from pharmatrace.demo.cast import CAST, Player
from pharmatrace.demo.offices import furnish
from pharmatrace.demo.scale import Scale
from pharmatrace.demo.story import first_day
from pharmatrace.kernel.refusal import Refusal, Refused

AUTHORITY = "Demo Medicines Authority"
TO_RENEW = {"pharmacy-lisboa": 41, "logistics": 75}  # days until their licences end
Clock = Callable[[], datetime]


class OtherScale(Exception):
    """The database holds the demo at another scale; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class World:
    """The cast as actors; `today` is the day the demo was first told: the whole story is dated by it."""

    actors: Mapping[str, Actor]
    today: date
    scale: Scale


def build(*, scale: Scale, password: str, clock: Clock) -> World:
    """Registers everything that is missing. Raises `OtherScale`."""
    members = {key: _member(player, password, clock) for key, player in CAST.items()}
    furnish(members, password=password, clock=clock)
    actors = {key: actor_of(member) for key, member in members.items()}
    today = _first_told()
    products: dict[Medicine, Product] = {}
    for batch in BATCHES:
        if batch.medicine not in products:
            products[batch.medicine] = _product(batch.medicine, actors, clock)
        _batch(batch, products[batch.medicine], actors, scale=scale, today=today)
    return World(actors, today, scale)


def try_mistyped(world: World, *, at: datetime) -> Refusal:
    """Tries to register the product whose real GTIN fails its check digit; returns the refusal."""
    try:
        _register(MISTYPED, world.actors, at)
    except Refused as refused:
        return refused.refusals[0]
    raise AssertionError(f"the catalog took {MISTYPED.gtin}, whose check digit is wrong")


def _first_told() -> date:
    first = next(iter(CAST.values()))
    return Organisation.objects.get(gln=first.gln).created_at.astimezone(UTC).date()


def _member(player: Player, password: str, clock: Clock) -> Membership:
    organisation = Organisation.objects.filter(gln=player.gln).first()
    if organisation is None:
        organisation = register_organisation(
            kind=player.kind,
            name=player.name,
            gln=player.gln,
            country=player.country,
            gs1_prefixes=(player.prefix,),
            at=clock(),
        )
    site = Site.objects.filter(gln=player.site_gln).first()
    if site is None:
        site = add_site(
            organisation=organisation,
            gln=player.site_gln,
            name=player.site,
            city=player.city,
            country=player.country,
            coordinates=player.coordinates,
            at=clock(),
        )
    for activity in player.activities:
        _licence(player, organisation, activity, clock)
    member = (
        Membership.objects.select_related("organisation", "site")
        .filter(organisation=organisation, user__email=player.email)
        .first()
    )
    return member or add_member(
        email=player.email,
        name=player.person,
        password=password,
        organisation=organisation,
        role=player.role,
        site=site,
        at=clock(),
    )


def _licence(player: Player, organisation: Organisation, activity: str, clock: Clock) -> None:
    number = f"DEMO-{player.number}-{activity[:1].upper()}"
    if Licence.objects.filter(authority=AUTHORITY, number=number).exists():
        return
    at = clock()
    grant_licence(
        organisation=organisation,
        authority=AUTHORITY,
        number=number,
        activity=activity,
        valid_from=at.date() - timedelta(days=3 * 365),
        valid_until=at.date() + timedelta(days=TO_RENEW.get(player.key, 5 * 365)),
        at=at,
    )


def _product(medicine: Medicine, actors: Mapping[str, Actor], clock: Clock) -> Product:
    there = Product.objects.filter(gtin=medicine.gtin).first()
    return there or _register(medicine, actors, clock())


def _register(medicine: Medicine, actors: Mapping[str, Actor], at: datetime) -> Product:
    return register_product(
        actor=actors[medicine.maker],
        gtin=medicine.gtin,
        name=medicine.name,
        strength=medicine.strength,
        form=medicine.form,
        pack_size=medicine.pack_size,
        national_codes={},
        market=medicine.country,
        at=at,
    )


def _batch(
    batch: RealBatch, product: Product, actors: Mapping[str, Actor], *, scale: Scale, today: date
) -> None:
    """Dated by the story, so that the expired batch was registered while it was still good."""
    packs = scale.packs(batch.quantity)
    there = Batch.objects.filter(product=product, lot=batch.lot).first()
    if there is not None:
        if there.quantity != packs:
            raise OtherScale(
                f"This installation already shows batch {batch.lot} with {there.quantity:,} packs, not"
                f" {packs:,}. Set PHARMATRACE_VAR to a new folder for the demo at the other scale."
            )
        return
    maker = actors[batch.medicine.maker]
    register_batch(
        actor=maker,
        product=product,
        lot=batch.lot,
        expiry=moved_expiry(batch, today=today),
        quantity=packs,
        site=Site.objects.get(id=maker.site_id),
        at=datetime.combine(first_day(batch, today=today), time(4), UTC),
    )
