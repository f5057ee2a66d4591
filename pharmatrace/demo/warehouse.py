"""What waits for Dan at his warehouse: a delivery to receive, a late one, packs in quarantine, an order."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import QuerySet

from apps.catalog.models import Product
from apps.custody.models import Package
from apps.custody.selectors import contents, held_by
from apps.custody.services import capture
from apps.desk.models import Order
from apps.desk.orders.reading import Wanted
from apps.desk.orders.services import open_order
from apps.desk.sessions.add_scans import Scan, add_scans
from apps.desk.sessions.open_session import open_session
from apps.desk.sessions.sign import sign
from apps.parties.models import Organisation
from pharmatrace.demo.scenes import Scene, event_of
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind

DAN = "wholesaler"
CUSTOMER = "pharmacy-porto"
SENDER, RETURNER = "logistics", "pharmacy-lisboa"
DELIVERY, LATE, ORDER = "DA-IBERIA-7", "RET-CASTELO-2", "PO-RIBEIRA-12"
DAYS_LATE = 8


def set_out_work(world: World, *, at: datetime) -> None:
    """Once: the order is the last thing, so with it there everything is."""
    me = world.actors[DAN]
    if Order.objects.filter(organisation_id=me.organisation_id, reference=ORDER).exists():
        return
    coming = _two_of(_sound(world, SENDER, at))
    _send(world, SENDER, Kind.SHIP, coming, DELIVERY, at=at - timedelta(hours=20))
    since = at - timedelta(days=DAYS_LATE)
    old = _sound(world, RETURNER, at).filter(level="pack", status_at__lt=since)
    _send(world, RETURNER, Kind.RETURN, list(old[:2]), LATE, at=since)
    _quarantine(world, list(_sound(world, DAN, at).filter(level="pack")[:2]), at=at)
    _order(world, coming, at=at)


def _sound(world: World, who: str, at: datetime) -> QuerySet[Package]:
    """What somebody holds and may move, in an order that is the same in every run."""
    held = held_by(world.actors[who].organisation_id).filter(
        status="active", status_at__lt=at - timedelta(days=1)
    )
    for what in ("batch", "contents__batch"):  # of a case, what it holds counts too
        held = held.exclude(**{f"{what}__recalled_at__isnull": False})
        held = held.exclude(**{f"{what}__expiry__lte": at.date()})
    return held.order_by("path")


def _two_of(held: QuerySet[Package]) -> list[Package]:
    """Cases where there are some, else packs: a small demo has few."""
    cases = list(held.filter(level="case", contents__level="pack").distinct()[:2])
    return cases if len(cases) == 2 else list(held.filter(level="pack")[:2])


def _send(
    world: World, who: str, kind: Kind, packages: list[Package], reference: str, *, at: datetime
) -> None:
    if not packages:
        return
    uris = tuple(RESOLVER + one.path for one in packages)
    scene = Scene(at, who, kind, uris, other=DAN, reference=reference)
    capture(actor=world.actors[who], events=[event_of(scene)], at=at).raise_refused()


def _quarantine(world: World, packages: list[Package], *, at: datetime) -> None:
    if not packages:
        return
    me = world.actors[DAN]
    session = open_session(actor=me, id=uuid4(), kind="lock", reason="damaged", at=at)
    scans = [Scan(uuid4(), RESOLVER + one.path, at) for one in packages]
    add_scans(actor=me, session_id=session.pk, scans=scans, at=at)
    sign(actor=me, session_id=session.pk, at=at)


def _order(world: World, coming: list[Package], *, at: datetime) -> None:
    """Of what the first package on its way holds, so that it can be shipped once that is received."""
    me = world.actors[DAN]
    inside = [pack for first in coming[:1] for pack in contents(first.pk)] or coming[:1]
    product = inside[0].batch.product if inside and inside[0].batch else None
    open_order(
        actor=me,
        customer=Organisation.objects.get(pk=world.actors[CUSTOMER].organisation_id),
        reference=ORDER,
        lines=[Wanted(product or Product.objects.earliest("created_at"), len(inside) or 10)],
        at=at,
    )
