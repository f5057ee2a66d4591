"""The route on a pack's page: picture, words, and the marks that a copied serial leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apps.custody.models import RefusedEvent
from apps.parties.services import change_site
from pharmatrace.kernel.custody import acts
from tests.custody.goods import package, uri


def page(who: Any) -> str:
    return str(who.client.get(f"/packages/{package(uri('S0')).pk}/").content.decode())


def present_copy(goods: Any, who: Any, *, minutes: int) -> None:
    """Somebody scans S0 so many minutes after the last event, and is refused."""
    at = goods.now + timedelta(minutes=minutes)
    event = acts.act("dispense", [uri("S0")], site_gln=who.site.gln, at=at)
    goods.now = at
    assert goods.record(who, event).outcomes[0].fate == "refused"


def test_rosa_sees_stops_in_words_and_in_a_picture(rosa: Any, moved: Any) -> None:
    shown = page(rosa)
    assert 'class="route__map"' in shown
    assert "1. Mia Makes Medicines Porto" in shown and "3. Petra" in shown
    assert "country only" in shown  # nobody said where the sites are
    assert "style=" not in shown.split("<main")[1]


def test_a_copy_in_another_town_minutes_later_cannot_be_the_same_pack(
    mia: Any, petra: Any, dan: Any, rosa: Any, moved: Any
) -> None:
    change_site(site=petra.site, at=moved.now, coordinates="38.72230, -9.13930")
    change_site(site=dan.site, at=moved.now, coordinates="52.52000, 13.40500")
    present_copy(moved, dan, minutes=20)
    assert RefusedEvent.objects.count() == 1
    shown = page(rosa)
    assert "This cannot be one pack" in shown
    assert "route__leg--stop" in shown and "route__spot--refused" in shown
    assert "faster than anything travels" in shown
    assert "impossible" in shown and "refused" in shown


def test_a_repeated_scan_where_the_pack_is_marks_nothing(petra: Any, rosa: Any, moved: Any) -> None:
    moved.do("dispense", petra, [uri("S0")]).raise_refused()
    present_copy(moved, petra, minutes=5)
    assert "This cannot be one pack" not in page(rosa)


def test_nobody_but_the_authority_is_shown_where_a_pack_was_presented(
    mia: Any, dan: Any, petra: Any, moved: Any
) -> None:
    for who in (mia, dan, petra):
        assert "route__map" not in page(who)


def test_an_event_without_a_readable_time_or_place_is_left_out_quietly(
    rosa: Any, dan: Any, moved: Any
) -> None:
    pack = package(uri("S0"))
    for document in (
        {},
        {"readPoint": 5, "eventTime": 7},
        {"readPoint": {"id": 3}},
        {"eventTime": "x"},
    ):
        RefusedEvent.objects.create(
            actor=dan.organisation, kind="ship", package_id=pack.pk, package_path=pack.path, code="x",
            sentence="x", document=document, recorded_at=moved.now,
        )  # fmt: skip
    assert "3. Petra" in page(rosa)
