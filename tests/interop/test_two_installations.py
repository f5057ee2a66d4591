"""Two installations that know of each other what partners know: a shipment goes from one to the other by EPCIS
subscription, the receipt comes back the same way, and each checks the other's evidence offline.

Mia's house runs the one, Dan's the other. In each, the other's organisation is a partner without a key there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.jsonld import write_document
from pharmatrace.kernel.epcis.model import Event
from tests.docker.processes import ROOT
from tests.interop.installation import Installation

pytestmark = pytest.mark.slow

MIA, MIA_SITE, MIA_PREFIX = "5601000000011", "5601000000028", "560100"
DAN, DAN_SITE = "8437000000013", "8437000000020"
GTIN, LOT, EXPIRY = "05601000123451", "L2", (datetime.now(UTC) + timedelta(days=700)).date()
PACKS = [f"https://id.gs1.org/01/{GTIN}/21/T{number}" for number in range(5)]
CASE = "https://id.gs1.org/00/056010000000000011"
FURNISH = """
from datetime import date, timedelta
from django.utils import timezone
from apps.catalog.models import Batch, Product
from apps.parties import services
from apps.parties.models import Organisation, Site

now, made = timezone.now(), {{}}
for kind, name, gln, site, country, activity, prefixes in {parties!r}:
    made[gln] = organisation = services.register_organisation(
        kind=kind, name=name, gln=gln, country=country, gs1_prefixes=prefixes, at=now,
        with_key=gln == {own!r})
    services.add_site(organisation=organisation, gln=site, name=name, city="", country=country, at=now)
    services.grant_licence(organisation=organisation, authority="Authority", number=gln, activity=activity,
                           valid_from=date(2025, 1, 1), valid_until=None, at=now)
own = made.pop({own!r})
for partner in made.values():
    services.represent(partner=partner, representative=own, at=now)
maker = Organisation.objects.get(kind="manufacturer")
product = Product.objects.create(manufacturer=maker, gtin={gtin!r}, name="Testol", market="PT", created_at=now)
Batch.objects.create(product=product, lot={lot!r}, expiry=date.fromisoformat({expiry!r}), quantity=100,
                     site=Site.objects.get(organisation=maker), created_at=now)
member = services.add_member(email={email!r}, name="Machine", password="correct horse battery staple",
                             organisation=own, role="admin", site=Site.objects.get(organisation=own), at=now)
_, token = services.issue_token(membership=member, name="machine", scopes=["capture", "read"],
                                expires_at=now + timedelta(days=1), at=now)
print("token:", token)
"""
PARTIES = (
    ("manufacturer", "Mia Makes Medicines", MIA, MIA_SITE, "PT", "manufacture", (MIA_PREFIX,)),
    ("distributor", "Dan Distributes", DAN, DAN_SITE, "ES", "wholesale", ()),
)


class House:
    """An installation, its own organisation, and the member's token there."""

    def __init__(self, at: Installation, own: str, email: str) -> None:
        self.at, self.own, self.email, self.token = at, own, email, ""

    def furnish(self) -> None:
        """Both organisations with sites and licences: the own one with a key and a member, the other as a
        partner; the product and its batch."""
        told = self.at.manage(
            "shell", "-c",
            FURNISH.format(parties=PARTIES, own=self.own, email=self.email, gtin=GTIN, lot=LOT,
                           expiry=EXPIRY.isoformat()),
        )  # fmt: skip
        self.token = told.rpartition("token: ")[2].strip()

    def open_feed(self, partner: str, gln: str) -> dict[str, str]:
        told = self.at.manage("feed", "open", self.own, self.email, partner, "--partner", gln)
        return dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)

    def subscribe(self, feed: dict[str, str], *steps: str) -> None:
        """What is recorded from now on with one of these steps goes to the feed."""
        self.at.post(
            "/epcis/queries", {"name": "partner", "query": {"EQ_bizStep": list(steps)}},
            token=self.token,
        )  # fmt: skip
        self.at.post(
            "/epcis/queries/partner/subscriptions", {**feed, "stream": True}, token=self.token
        )

    def capture(self, *events: Event) -> None:
        for event in events:
            self.at.post(
                "/epcis/events", write_document([event], event.event_time), token=self.token
            )

    def events(self, **asked: str) -> list[dict[str, Any]]:
        question = "&".join(f"{name}={value}" for name, value in asked.items())
        status, content = self.at.get(f"/epcis/events?{question}", token=self.token)
        assert status == 200, content
        found = json.loads(content)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return list(found)

    def evidence(self, uri: str, *, token: str = "") -> bytes:
        path = "/verify/evidence/" + uri.removeprefix("https://id.gs1.org/")
        return bytes(
            self.at.until(lambda: _if_there(self.at.get(path, token=token)), "has evidence")
        )

    def key(self) -> str:
        return self.at.get("/log/key")[1].decode().strip()


def _if_there(answer: tuple[int, bytes]) -> bytes | None:
    return answer[1] if answer[0] == 200 else None


@pytest.fixture(scope="module")
def houses() -> Iterator[tuple[House, House]]:
    with Installation("mia") as first, Installation("dan") as second:
        mia = House(first, MIA, "mia@example.org")
        dan = House(second, DAN, "dan@example.org")
        mia.furnish()
        dan.furnish()
        yield mia, dan


def verify(bundle: bytes, *, key: str, folder: Path) -> dict[str, Any]:
    """What the kernel alone says of a bundle, with a pinned log key."""
    file = folder / "bundle.json"
    file.write_bytes(bundle)
    done = subprocess.run(
        [sys.executable, "-m", "pharmatrace.kernel", "verify", str(file), "--log-key", key, "--json"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return dict(json.loads(done.stdout))


def test_a_shipment_between_two_installations(houses: tuple[House, House], tmp_path: Path) -> None:
    mia, dan = houses
    mia.subscribe(dan.open_feed("Mia Makes Medicines", MIA), "commissioning", "packing", "shipping")
    dan.subscribe(mia.open_feed("Dan Distributes", DAN), "receiving")

    begun = datetime.now(UTC) - timedelta(minutes=5)
    delivery: dict[str, Any] = {"sender_gln": MIA, "consignee_gln": DAN, "reference": "D-1"}
    mia.capture(
        acts.commission(PACKS, lot=LOT, expiry=EXPIRY, site_gln=MIA_SITE, at=begun),
        acts.pack(CASE, PACKS, site_gln=MIA_SITE, at=begun + timedelta(minutes=1)),
        acts.ship([CASE], site_gln=MIA_SITE, at=begun + timedelta(minutes=2), **delivery),
    )
    arrived = dan.at.until(lambda: dan.events(EQ_bizStep="shipping"), "hears of the shipment")
    assert arrived[0]["epcList"] == [CASE]
    assert [one["eventID"] for one in dan.events()] == [one["eventID"] for one in mia.events()]

    dan.capture(
        acts.receive([CASE], site_gln=DAN_SITE, at=begun + timedelta(minutes=4), **delivery)
    )
    received = mia.at.until(lambda: mia.events(EQ_bizStep="receiving"), "hears of the receipt")
    assert received[0]["eventID"] == dan.events(EQ_bizStep="receiving")[0]["eventID"]

    for reader, told_by in ((dan, mia), (mia, dan)):
        bundle = told_by.evidence(PACKS[0])
        verdict = verify(bundle, key=told_by.key(), folder=tmp_path)
        assert verdict["holds"], verdict
        assert len(json.loads(bundle)["events"]) >= 3
        # Another log's key does not do, nor does a bundle that was changed on the way.
        assert not verify(bundle, key=reader.key(), folder=tmp_path)["holds"]
        changed = bundle.replace(b"commissioning", b"destroying")
        assert not verify(changed, key=told_by.key(), folder=tmp_path)["holds"]


def test_who_reported_what_is_in_the_evidence(houses: tuple[House, House]) -> None:
    """Mia's own house signed what she did; in Dan's house Dan signed it, and says that she reported it."""
    mia, dan = houses
    own = json.loads(mia.evidence(PACKS[0], token=mia.token))
    told = json.loads(dan.evidence(PACKS[0], token=dan.token))
    assert _facts(own["events"][0], "reported_by") == []
    assert _facts(told["events"][0], "reported_by") == [f"https://id.gs1.org/417/{MIA}"]


def _facts(event: dict[str, Any], name: str) -> list[Any]:
    return [fact["value"] for fact in event["facts"] if fact["name"] == name]
