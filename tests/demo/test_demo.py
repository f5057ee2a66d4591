"""The demo in a real database: told, told again, and what goes wrong in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from apps.custody.models import CustodyEvent, Package, RefusedEvent
from apps.custody.selectors import find
from apps.desk.counter import dispensed_today, judge
from apps.desk.scans import read_scan
from apps.ledger.models import Entry, Pending
from apps.safety.models import Alert
from apps.safety.selectors import open_alerts
from pharmatrace.demo.batches import BATCHES, MISTYPED
from pharmatrace.demo.cast import CAST, STARS
from pharmatrace.demo.fill import Filled, fill
from pharmatrace.demo.poster import counter_codes, links, poster
from pharmatrace.demo.scale import Scale
from pharmatrace.demo.trickle import one_step
from pharmatrace.demo.world import OtherScale
from pharmatrace.kernel.custody.act import RESOLVER

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TINY = Scale(divisor=1_000, case=8, pallet=4)
PASSWORD = "only for the test"
SITE = "http://testserver"

pytestmark = pytest.mark.django_db(transaction=True)


def tell(scale: Scale = TINY) -> Filled:
    return fill(scale=scale, password=PASSWORD, clock=lambda: NOW)


def counts() -> tuple[int, ...]:
    models = (Package, CustodyEvent, RefusedEvent, Alert, Entry)
    return tuple(model.objects.count() for model in models)


def test_what_must_be_refused_is_refused_and_told() -> None:
    filled = tell()
    assert filled.refusals["mistyped"].code == "gtin_check_digit"
    assert filled.refusals["mistyped"].data["gtin"] == MISTYPED.gtin
    assert filled.refusals["clone"].code == "already_dispensed"
    assert filled.refusals["expired"].code == "expired"
    assert Alert.objects.filter(kind=Alert.Kind.CLONE).exists()
    told = set(
        Alert.objects.filter(kind=Alert.Kind.RECALLED).values_list("raised_for__gln", flat=True)
    )
    assert CAST[filled.packs.recalled.holder].gln in told


def test_everything_told_is_sealed_and_every_link_opens() -> None:
    filled = tell()
    assert filled.told is not None
    assert Package.objects.filter(level="pack").count() == sum(
        TINY.packs(batch.quantity) for batch in BATCHES
    )
    assert not Pending.objects.exists()
    pages = links(filled, site_url=SITE)
    assert len(pages) == 5
    for name, url in pages.items():
        assert Client().get(url.removeprefix(SITE)).status_code == 200, name


def test_the_links_show_what_they_say() -> None:
    filled = tell()
    verdicts = {}
    for name, url in links(filled, site_url=SITE).items():
        answer = Client().get(url.removeprefix(SITE), headers={"Accept": "application/json"})
        if name != "the log's newest checkpoint":
            verdicts[name] = answer.json()["verdict"]["code"]
    assert verdicts == {
        "a good pack, with its evidence": "in_order",
        "a pack of a recalled batch": "recalled",
        "a serial presented twice": "dispensed",
        "an expired pack": "expired",
    }


def test_told_again_nothing_changes() -> None:
    first = tell()
    before = counts()
    second = tell()
    assert counts() == before
    assert first.packs == second.packs
    assert {name: one.code for name, one in second.refusals.items()} == {
        name: one.code for name, one in first.refusals.items()
    }


def test_another_scale_is_refused_with_advice() -> None:
    tell()
    with pytest.raises(OtherScale, match="PHARMATRACE_VAR"):
        tell(Scale(divisor=500, case=8, pallet=4))


def test_the_trickle_finds_something_to_do_and_is_never_refused() -> None:
    filled = tell()
    for number in range(40):
        result = one_step(filled.world, at=NOW.replace(minute=1 + number))
        assert result is not None
        assert result.ok, [one.sentence for o in result.outcomes for one in o.refusals]
    good = find(filled.packs.good.uri.removeprefix(RESOLVER))
    assert good is not None and good.status == "active"


def test_the_poster_names_an_account_for_every_role() -> None:
    filled = tell()
    text = "\n".join(poster(filled, site_url=SITE, password=PASSWORD))
    assert all(CAST[key].email in text for key in STARS)
    assert {CAST[key].kind for key in STARS} == {
        "manufacturer", "distributor", "pharmacy", "regulator",
    }  # fmt: skip
    for key in STARS:
        assert Client().login(username=CAST[key].email, password=PASSWORD)


def test_a_copied_serial_travels_faster_than_anything_and_the_authority_has_a_case_about_it() -> (
    None
):
    from apps.custody.selectors import history
    from apps.oversight.models import CaseFile
    from apps.oversight.route.journey import journey_of
    from apps.oversight.route.sightings import refused_scans, sightings

    filled = tell()
    tell()
    pack = find(filled.packs.travelled.uri.removeprefix(RESOLVER))
    assert pack is not None
    journey = journey_of(sightings(history(pack.id), refused_scans(pack.id)))
    (leg,) = (leg for leg in journey.legs if leg.impossible)
    assert leg.start.place.name.startswith("Parque") and leg.end.place.name.startswith("Castelo")
    assert all(stop.place.position.exact for stop in journey.stops if stop.place.position)
    case = CaseFile.objects.get()
    assert case.items.earliest("id").name == filled.packs.travelled.uri
    assert Alert.objects.exclude(closing_note="").exists()


def test_petras_counter_is_alive() -> None:
    """An alert waits, a recalled pack is on the shelf, patients were there, and the codes on the poster say so."""
    filled = tell()
    petra = filled.world.actors["pharmacy-porto"]
    assert open_alerts(petra).filter(kind=Alert.Kind.RECALLED).exists()
    assert len(dispensed_today(actor=petra, at=NOW)) == 4
    said = {}
    for name, code in counter_codes(filled).items():
        reading = read_scan(code)
        assert reading.identity is not None
        judged = judge(reading, reading.identity, actor=petra, at=NOW)
        assert judged.package is not None
        assert judged.package.status == "active"
        said[name] = [refusal.code for refusal in judged.refusals]
    assert said == {
        "may be dispensed": [],
        "recalled this morning": ["recalled"],
        "its label shows another lot": ["lot_differs"],
    }
