"""The tour of the demo: there in the demo only, a link a step, ended for good when somebody ends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pharmatrace.demo.tour import TOURS
from tests.desk.pages import Desk, text


@pytest.fixture
def demo(settings: Any) -> None:
    settings.TOUR = "pharmatrace.demo.tour.TOURS"


def test_there_is_none_outside_the_demo(mia: Any) -> None:
    assert "Tour of the demo" not in text(Desk(mia).open("home"))


def test_it_leads_a_role_through_its_pages_and_back(demo: None, dan: Any) -> None:
    assert "Tour of the demo, 1 of 6" in text(Desk(dan).open("home"))
    for number, station in enumerate(TOURS["distributor"]):
        moved = dan.client.post("/tour/", {"to": number})
        assert moved["Location"] == reverse(station.page)
        shown = text(dan.client.get(moved["Location"]))
        assert f"Tour of the demo, {number + 1} of 6 {station.title} {station.words}" in shown
    assert "Next" not in shown.partition("Tour of the demo")[2].partition("End the tour")[0]


def test_on_other_pages_it_leads_back_to_its_station(demo: None, dan: Any) -> None:
    dan.client.post("/tour/", {"to": 1})
    assert '<a href="/incoming/">' in Desk(dan).open("events").content.decode()


def test_ended_it_stays_ended(demo: None, dan: Any) -> None:
    dan.client.post("/tour/", {"to": "end"})
    assert "Tour of the demo" not in text(Desk(dan).open("home"))


@pytest.mark.parametrize("to", ["", "99", "-1", "1e3", "٣", "\0", "1" * 50])
def test_a_station_that_is_none_ends_it(demo: None, dan: Any, to: str) -> None:
    assert dan.client.post("/tour/", {"to": to}).status_code == 302
    assert "Tour of the demo" not in text(Desk(dan).open("home"))


@pytest.mark.parametrize("kind", TOURS)
def test_every_station_is_a_page_the_role_may_open(
    demo: None, kind: str, mia: Any, dan: Any, petra: Any, rosa: Any
) -> None:
    person = {"manufacturer": mia, "distributor": dan, "pharmacy": petra, "regulator": rosa}[kind]
    for station in TOURS[kind]:
        answer = person.client.get(reverse(station.page))
        assert answer.status_code in (200, 404), station.page  # there is no log yet
