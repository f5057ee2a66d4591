"""What is impossible, unexplained or slow about a package's way. Pure: no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.oversight.route.journey import Mark, Sighting, journey_of, too_fast
from apps.oversight.route.picture import HEIGHT, WIDTH, picture_of
from apps.oversight.route.positions import Position, kilometres, position_of

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LISBON, PORTO, MADRID = Position(38.72, -9.14), Position(41.15, -8.61), Position(40.42, -3.7)
TOKYO = Position(35.68, 139.69)
PLACES = {"lisbon": LISBON, "porto": PORTO, "madrid": MADRID, "tokyo": TOKYO}


def seen(place: str, hours: float, **more: bool) -> Sighting:
    what = "ship" if more.get("leaves") else "receive"
    at = NOON + timedelta(hours=hours)
    return Sighting(place, place.title(), "PT", at, what, PLACES.get(place), **more)


def marks(*sightings: Sighting) -> list[tuple[Mark, ...]]:
    return [leg.marks for leg in journey_of(sightings).legs]


def test_distances_are_those_of_the_globe() -> None:
    assert kilometres(LISBON, PORTO) == pytest.approx(274, abs=2)
    assert kilometres(LISBON, TOKYO) == pytest.approx(11_143, abs=20)
    assert kilometres(LISBON, LISBON) == 0


degrees = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


@given(degrees, degrees)
def test_a_distance_is_the_same_both_ways_and_never_beyond_half_the_globe(a: Position, b: Position) -> None:  # fmt: skip
    assert kilometres(a, b) == pytest.approx(kilometres(b, a), abs=1e-6)
    assert 0 <= kilometres(a, b) <= 20_016


@given(degrees, degrees, st.timedeltas(timedelta(0), timedelta(days=3)), st.timedeltas(timedelta(0), timedelta(days=3)))  # fmt: skip
def test_more_time_never_makes_a_way_impossible(a: Position, b: Position, t: timedelta, more: timedelta) -> None:  # fmt: skip
    assert not too_fast(a, b, t + more) or too_fast(a, b, t)


def test_a_lorry_is_possible_and_an_aeroplane_too() -> None:
    assert marks(seen("porto", 0, leaves=True), seen("lisbon", 4)) == [()]
    assert marks(seen("lisbon", 0, leaves=True), seen("tokyo", 14)) == [()]


def test_faster_than_an_aeroplane_is_impossible() -> None:
    (leg,) = journey_of([seen("lisbon", 0, leaves=True), seen("madrid", 0.1)]).legs
    assert leg.impossible
    assert leg.km == pytest.approx(503, abs=5)
    assert leg.kmh == pytest.approx(5030, abs=60)


def test_clocks_and_towns_are_allowed_for() -> None:
    near = Position(38.9, -9.0)
    assert not too_fast(LISBON, near, timedelta(0))
    assert not too_fast(LISBON, PORTO, timedelta(minutes=1))  # 224 km in 16 minutes: a jet could
    assert too_fast(LISBON, MADRID, timedelta(minutes=1))


def test_of_a_country_alone_only_what_no_place_in_it_allows_is_impossible() -> None:
    somewhere = position_of(latitude=None, longitude=None, country="ES")
    japan = position_of(latitude=None, longitude=None, country="JP")
    assert somewhere is not None and japan is not None and not somewhere.exact
    assert not too_fast(LISBON, somewhere, timedelta(0))
    assert too_fast(LISBON, japan, timedelta(hours=1))
    assert position_of(latitude=None, longitude=None, country="XX") is None


def test_what_nobody_sent_out_is_unexplained() -> None:
    assert marks(seen("porto", 0), seen("lisbon", 10)) == [(Mark.UNEXPLAINED,)]


def test_weeks_on_the_way_are_long() -> None:
    assert marks(seen("porto", 0, leaves=True), seen("lisbon", 24 * 15)) == [(Mark.LONG,)]


def test_a_copy_presented_elsewhere_is_a_stop_that_moves_nothing() -> None:
    found = marks(
        seen("porto", 0, leaves=True),
        seen("tokyo", 1, refused=True),
        seen("lisbon", 30),
    )
    assert found == [(Mark.IMPOSSIBLE,), ()]


def test_stops_stand_in_the_order_of_time_however_they_were_told() -> None:
    journey = journey_of([seen("lisbon", 9), seen("porto", 0), seen("porto", 1, leaves=True)])
    assert [stop.place.place for stop in journey.stops] == ["porto", "lisbon"]
    assert len(journey.stops[0].sightings) == 2
    assert [leg is None for _, leg in journey.rows] == [True, False]


def test_a_place_on_no_map_has_no_distance_and_no_line() -> None:
    journey = journey_of([seen("porto", 0, leaves=True), seen("nowhere", 1)])
    assert journey.legs[0].km is None and journey.legs[0].marks == ()
    picture = picture_of(journey)
    assert picture is not None and picture.lines == () and len(picture.spots) == 1
    assert picture_of(journey_of([seen("nowhere", 0)])) is None


@pytest.mark.parametrize("places", [("porto",), ("porto", "lisbon"), ("lisbon", "tokyo")])
def test_the_picture_shows_every_stop_and_stays_small(places: tuple[str, ...]) -> None:
    picture = picture_of(journey_of([seen(p, 24 * n, leaves=True) for n, p in enumerate(places)]))
    assert picture is not None
    assert all(0 <= s.x <= WIDTH and 0 <= s.y <= HEIGHT for s in picture.spots)
    assert 100 < len(picture.land) < 60_000
    assert picture.land.startswith("M")
