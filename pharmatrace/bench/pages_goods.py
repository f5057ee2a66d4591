"""What the lists of the pages are long with: goods on every shelf and on every way, refusals, jobs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.custody.services.capture import capture
from apps.desk.deliveries import incoming_deliveries
from apps.desk.holdings import count_holdings_due, inventory
from apps.desk.whereabouts.counting import count_due
from apps.jobs.models import Job
from apps.parties.models import User
from apps.parties.sessions import SessionStore
from pharmatrace.bench.ground import Ground
from pharmatrace.demo.cast import CAST
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import MOST_PACKAGES, RESOLVER
from pharmatrace.kernel.custody.kinds import Kind

MAKER, WHOLESALER, PHARMACY, REGULATOR = "maker-m", "wholesaler", "pharmacy-porto", "regulator"
# Deliveries of 2,000 loose packs each to the wholesaler, and how many of them arrived: what is loose is the hard case,
# a pallet on its way is one row however much it holds.
SHIPPED, RECEIVED = 50, 25
SMALL = 200  # deliveries of five packs each to the pharmacy
DISPENSED = 400  # packs, each an event of its own
REFUSED = 200
JOBS = 300


def spread(ground: Ground) -> None:
    """Moves packs that lie with the maker; sealed and analysed afterwards."""
    share = min(1.0, ground.scale)
    big = max(2, int(SHIPPED * share))
    loose = _loose(ground, big * MOST_PACKAGES + SMALL * 5)
    ground.say(f"moving {len(loose):,} packs")
    parts = [loose[n * MOST_PACKAGES : (n + 1) * MOST_PACKAGES] for n in range(big)]
    for number, part in enumerate(parts):
        _ship(ground, part, WHOLESALER, f"BIG-{number}")
    for part in parts[: int(RECEIVED * share)]:
        ground.receive(part, sender=MAKER, to=WHOLESALER)
    rest = loose[big * MOST_PACKAGES :]
    for number in range(SMALL):
        _ship(ground, rest[number * 5 : number * 5 + 5], PHARMACY, f"SMALL-{number}")
    ground.receive(rest[: DISPENSED + 100], sender=MAKER, to=PHARMACY)
    for uri in rest[:DISPENSED]:
        event = acts.act(Kind.DISPENSE, [uri], site_gln=CAST[PHARMACY].site_gln, at=ground.now())
        capture(actor=ground.world.actors[PHARMACY], events=[event], at=ground.now())
    for uri in rest[:REFUSED]:  # dispensed long ago, and not the wholesaler's
        _ship(ground, [uri], PHARMACY, "NO", sender=WHOLESALER)
    _lock(ground, [*rest[DISPENSED : DISPENSED + 100]])
    _jobs(ground)
    ground.seal_all()
    ground.analyze()
    _count(ground)


def _loose(ground: Ground, count: int) -> list[str]:
    """Packs in the maker's hands, as URIs."""
    mine = Package.objects.filter(
        custodian_id=ground.world.actors[MAKER].organisation_id,
        status="active",
        level="pack",
        parent=None,
    )
    return [RESOLVER + path for path in mine.order_by("id").values_list("path", flat=True)[:count]]


def _ship(ground: Ground, uris: list[str], to: str, reference: str, sender: str = MAKER) -> None:
    event = acts.ship(
        uris,
        sender_gln=CAST[sender].gln,
        consignee_gln=CAST[to].gln,
        reference=reference,
        site_gln=CAST[sender].site_gln,
        at=ground.now(),
    )
    capture(actor=ground.world.actors[sender], events=[event], at=ground.now())


def _lock(ground: Ground, uris: list[str]) -> None:
    event = acts.act(Kind.LOCK, uris, site_gln=CAST[PHARMACY].site_gln, at=ground.now())
    capture(actor=ground.world.actors[PHARMACY], events=[event], at=ground.now())


def _count(ground: Ground) -> None:
    """What the background counts within a minute of the first look."""
    for who in (MAKER, WHOLESALER):
        inventory(ground.world.actors[who].organisation_id, on=ground.now().date())
    count_holdings_due(at=ground.now(), seconds=600)
    count_due(at=ground.now(), seconds=600)
    ground.analyze()


def _jobs(ground: Ground) -> None:
    actor = ground.world.actors[MAKER]
    now = ground.now()
    Job.objects.bulk_create(
        Job(
            kind="commission",
            title=f"Commission {n} packs",
            organisation_id=actor.organisation_id,
            state="done",
            total=n + 1,
            done=n + 1,
            created_at=now - timedelta(minutes=n),
            finished_at=now,
        )
        for n in range(JOBS)
    )


def cookie_of(ground: Ground, who: str) -> str:
    """The session of somebody who signed in."""
    return session_of(ground.member(who).user)


def session_of(user: User) -> str:
    """The key of a new session, as after signing in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key


def some_serial(batch: Batch) -> str:
    """Of a pack somewhere in the batch."""
    path = Package.objects.filter(batch=batch).order_by("id").values_list("path", flat=True)[0]
    return path.rpartition("/")[2]


def largest_delivery(ground: Ground) -> str:
    """The page of the largest delivery that is on its way to the wholesaler."""
    found = incoming_deliveries(ground.world.actors[WHOLESALER].organisation_id)
    one = max(found, key=lambda delivery: delivery.packages)
    return f"/incoming/{one.party_id}/?{urlencode({'reference': one.reference})}"


def newest_event(who: str, ground: Ground) -> int:
    """An event whose page there is."""
    mine = CustodyEvent.objects.filter(actor_id=ground.world.actors[who].organisation_id)
    return mine.order_by("-id").values_list("id", flat=True)[0]
