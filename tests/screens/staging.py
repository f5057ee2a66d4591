"""What a picture needs and the demo leaves to whoever plays it: work that is half done, links that were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from apps.catalog.models import Batch
from apps.catalog.services import register_batch
from apps.custody.selectors import held_by
from apps.desk.line.services import start_line
from apps.desk.models import Order
from apps.desk.sessions.add_scans import Scan, add_scans
from apps.desk.sessions.open_session import open_session
from apps.exchange.serials.models import SerialList
from apps.exchange.serials.services import upload_list
from apps.jobs.services import run_one_step
from apps.parties.models import Membership, Site, User
from apps.parties.services import invite_organisation, invite_person
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.fill import Filled
from pharmatrace.demo.highlights import SOUND_LOT
from pharmatrace.kernel.custody.act import RESOLVER

MAKER, WHOLESALER = "maker-m", "wholesaler"


def stage(filled: Filled, *, at: datetime) -> dict[str, str]:
    """Sets the scenes; returns the names that tests/screens/table.py may put into addresses."""
    return {
        "session": _counting(filled, at),
        "serials": _preview(filled, at),
        "line": _line(filled, at),
        "order": str(Order.objects.latest("opened_at").pk),
    } | _invitations(at)


def _counting(filled: Filled, at: datetime) -> str:
    """Dan counts his shelf: three packs, one of them twice, and a label that cannot be read."""
    me = filled.world.actors[WHOLESALER]
    shelf = held_by(me.organisation_id).filter(level="pack", status="active").order_by("path")[:3]
    codes = [RESOLVER + one.path for one in shelf]
    session = open_session(actor=me, id=uuid4(), kind="count", at=at - timedelta(minutes=9))
    scans = [
        Scan(uuid4(), code, at - timedelta(minutes=8 - number))
        for number, code in enumerate([*codes, codes[0], "0109520010"])
    ]
    add_scans(actor=me, session_id=session.pk, scans=scans, at=at)
    return str(session.pk)


def _preview(filled: Filled, at: datetime) -> str:
    """Mia's file of serials: most are right."""
    me = filled.world.actors[MAKER]
    sound = Batch.objects.select_related("product").get(lot=SOUND_LOT)
    batch = register_batch(
        actor=me, product=sound.product, lot="L27-014", expiry=at.date() + timedelta(days=700),
        quantity=40, site=Site.objects.get(pk=me.site_id), at=at,
    )  # fmt: skip
    rows = ["serial", *(f"K7P{number:05d}Q" for number in range(24)), "K7P00003Q", "no good", ""]
    serials = upload_list(
        actor=me, user=User.objects.get(email=CAST[MAKER].email), batch=batch,
        name="serials-L27-014.csv", content="\n".join(rows).encode(), at=at,
    )  # fmt: skip
    while SerialList.objects.get(pk=serials.pk).state == "reading" and run_one_step(at=at):
        pass
    return str(serials.pk)


def _line(filled: Filled, at: datetime) -> str:
    me = filled.world.actors[MAKER]
    batch = Batch.objects.get(lot=SOUND_LOT)
    line = start_line(actor=me, id=uuid4(), batch=batch, size=20, label="zpl", at=at)
    return str(line.pk)


def _invitations(at: datetime) -> dict[str, str]:
    """The secrets of two links: for a colleague, and for a pharmacy that is new."""
    rosa, mia = (
        Membership.objects.get(user__email=CAST[who].email) for who in ("regulator", MAKER)
    )
    _row, colleague = invite_person(
        by=mia, email="nina@demo.example", role=Membership.Role.OPERATOR, site=mia.site, at=at
    )
    _row, pharmacy = invite_organisation(
        by=rosa, email="estrela@demo.example", kind="pharmacy", at=at
    )
    return {"invited": colleague, "welcome": pharmacy}
