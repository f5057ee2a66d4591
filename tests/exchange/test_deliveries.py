"""Reports go out: every event once, in order, in portions, at their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.exchange import delivering, reporting, tasks
from apps.exchange.delivering import deliver
from apps.exchange.models import Delivery, Subscription
from apps.exchange.reporting import report_due
from apps.ledger.services.seal import seal
from tests.custody.goods import CASE, START, Goods, uri, uris
from tests.exchange.subscriber import Desk

# --- what is told ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_stream_tells_what_comes_once(desk: Desk, mia: Any) -> None:
    desk.commission(mia, "OLD")
    desk.now = desk.goods.tick()
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.commission(mia, "B")
    desk.round()
    desk.round()
    desk.commission(mia, "C")
    desk.round()
    assert desk.told == ["A", "B", "C"]
    first, second = desk.receiver.requests
    assert first.results["queryName"] == "q0"
    assert first.results["subscriptionID"] == str(row.pk)
    assert first.events[0]["eventID"].startswith("ni:///sha-256;")
    assert first.headers["content-type"] == "application/json"
    assert first.headers["gs1-epcis-version"] == "2.0.0"
    assert first.id != second.id
    row.refresh_from_db()
    assert (row.last_status, row.failures, row.last_notified_at) == (200, 0, desk.now)


@pytest.mark.django_db
def test_nothing_is_sent_where_nothing_happened(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.round()
    assert desk.receiver.requests == []
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_what_is_not_sealed_is_not_told_yet(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.round()
    desk.commission(mia, "A")
    assert report_due(at=desk.now) == 0
    desk.round()
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_an_initial_record_time_reaches_back(desk: Desk, mia: Any) -> None:
    for serial in "ABC":
        desk.commission(mia, serial)
        seal(at=desk.goods.now)
    since = desk.goods.now - timedelta(hours=1)
    desk.now = desk.goods.tick()
    desk.subscribe(mia, initialRecordTime=since.isoformat())
    desk.round()
    assert desk.told == ["B", "C"]


@pytest.mark.django_db
def test_each_is_told_what_its_organisation_sees(
    desk: Desk, mia: Any, dan: Any, rosa: Any, goods: Goods
) -> None:
    for who in (mia, dan, rosa):
        desk.subscribe(who)
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, [uri("S0"), uri("S1")]).raise_refused()
    goods.move([CASE], mia, dan)
    desk.round()
    told = {
        one.results["queryName"]: [event["bizStep"] for event in one.events]
        for one in desk.receiver.requests
    }
    everything = ["commissioning", "packing", "shipping", "receiving"]
    assert told == {"q0": everything, "q1": ["shipping", "receiving"], "q2": everything}


@pytest.mark.django_db
def test_upstream_is_told_as_narrow_as_it_is_shown(
    desk: Desk, mia: Any, dan: Any, goods: Goods
) -> None:
    """Dan asks for a pack he has: the older events are below the cursor, the rest names that pack alone."""
    goods.commission(mia, uris(3)).raise_refused()
    goods.move(uris(2), mia, dan)
    seal(at=goods.now)
    desk.subscribe(dan, {"MATCH_epc": [uri("S0")]}, initialRecordTime=START.isoformat())
    desk.round()
    (one,) = desk.receiver.requests
    assert [event["epcList"] for event in one.events] == [[uri("S0")], uris(2), uris(2)]


@pytest.mark.django_db
def test_only_what_the_query_asks_for(desk: Desk, mia: Any, dan: Any, goods: Goods) -> None:
    desk.subscribe(mia, {"EQ_bizStep": ["shipping"]})
    goods.commission(mia, uris(1)).raise_refused()
    goods.move(uris(1), mia, dan)
    desk.round()
    (one,) = desk.receiver.requests
    assert [event["bizStep"] for event in one.events] == ["shipping"]


# --- portions ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("window", [1, 2, 4])
@pytest.mark.parametrize(
    ("events", "packages", "sizes"), [(3, 99, [3, 3, 1]), (99, 2, [2, 2, 2, 1])]
)
def test_much_is_told_in_portions(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch, window: int, events: int, packages: int,
    sizes: list[int],
) -> None:  # fmt: skip
    monkeypatch.setattr(reporting, "EVENTS_A_REPORT", events)
    monkeypatch.setattr(reporting, "PACKAGES_A_REPORT", packages)
    monkeypatch.setattr(reporting, "WINDOW", window)
    monkeypatch.setattr(reporting, "WIDEST_WINDOW", 8)
    desk.subscribe(mia)
    serials = [f"N{n}" for n in range(7)]
    for serial in serials:
        desk.commission(mia, serial)
    desk.round()
    assert desk.told == serials
    assert [len(one.events) for one in desk.receiver.requests] == sizes


@pytest.mark.django_db
def test_a_wide_window_that_finds_too_much_is_looked_at_again(
    desk: Desk, mia: Any, dan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows grow while nothing matches; then everything does."""
    monkeypatch.setattr(reporting, "WINDOW", 8)
    monkeypatch.setattr(reporting, "WIDEST_WINDOW", 64)
    desk.subscribe(dan)
    desk.subscribe(mia)
    serials = [f"N{n}" for n in range(40)]
    for serial in serials[:20]:
        desk.commission(mia, serial)
    desk.goods.ship(mia, [uri(one) for one in serials[:20]], dan).raise_refused()
    for serial in serials[:20]:
        desk.goods.receive(dan, [uri(serial)], mia).raise_refused()
    desk.round()
    theirs = [one for one in desk.receiver.requests if one.results["queryName"] == "q0"]
    assert [event["bizStep"] for one in theirs for event in one.events] == (
        ["shipping"] + ["receiving"] * 20
    )
    assert desk.told == serials[:20]


@pytest.mark.django_db
def test_who_is_behind_is_not_heaped_upon(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_WAITING", 2)
    monkeypatch.setattr(reporting, "EVENTS_A_REPORT", 1)
    desk.subscribe(mia)
    serials = [f"N{n}" for n in range(5)]
    for serial in serials:
        desk.commission(mia, serial)
    desk.receiver.will_answer(503)
    desk.round()
    assert Delivery.objects.count() == 2
    desk.later(seconds=2)
    desk.round()
    assert desk.told == serials


@pytest.mark.django_db
def test_a_receiver_may_ask_for_smaller_reports(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    for serial in "ABCDE":
        desk.commission(mia, serial)
    desk.receiver.will_answer(413, 413)
    desk.round()
    requests = desk.receiver.requests
    assert [len(one.events) for one in requests] == [5, 2, 1, 1, 3]
    assert len({one.id for one in requests}) == 5
    arrived = [event["epcList"][0][-1] for one in requests[2:] for event in one.events]
    assert arrived == list("ABCDE")
    assert Subscription.objects.get().failures == 0


# --- schedules ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_schedule_tells_at_its_time(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia, schedule={"minute": "30"})
    desk.commission(mia, "A")
    desk.later(minutes=29)
    desk.round()
    assert desk.receiver.requests == []
    desk.later(minutes=1)
    desk.round()
    assert desk.told == ["A"]
    row.refresh_from_db()
    assert row.next_run_at == START + timedelta(minutes=90)
    assert row.last_run_at == desk.now
    desk.later(hours=1)
    desk.round()
    assert len(desk.receiver.requests) == 1  # nothing new, and it did not ask to hear that


@pytest.mark.django_db
def test_who_wants_to_hear_of_nothing_does(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia, schedule={"minute": "30"}, reportIfEmpty=True)
    desk.later(minutes=30)
    desk.round()
    assert [one.events for one in desk.receiver.requests] == [[]]
    desk.commission(mia, "A")
    desk.later(minutes=60)
    desk.round()
    assert [len(one.events) for one in desk.receiver.requests] == [0, 1]


@pytest.mark.django_db
def test_runs_that_were_missed_are_one_run(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia, schedule={"second": "0/10"}, reportIfEmpty=True)
    desk.later(hours=5, seconds=3)
    desk.round()
    assert len(desk.receiver.requests) == 1
    row.refresh_from_db()
    assert row.next_run_at == desk.now + timedelta(seconds=7)


@pytest.mark.django_db
def test_old_deliveries_are_cleared_away(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.round()
    delivering.sweep(at=desk.now + timedelta(days=29))
    assert Delivery.objects.count() == 1
    delivering.sweep(at=desk.now + timedelta(days=31))
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_the_doorbell_does_both(desk: Desk, mia: Any) -> None:
    desk.now = datetime.now(UTC) - timedelta(hours=1)
    desk.goods.now = desk.now
    desk.subscribe(mia)
    desk.commission(mia, "A")
    seal(at=desk.now)
    tasks.deliver()
    assert desk.told == ["A"]
    tasks.sweep()


@pytest.mark.django_db
def test_asking_costs_the_same_for_many_events(
    desk: Desk, mia: Any, django_assert_max_num_queries: Any
) -> None:
    row = desk.subscribe(mia)
    for n in range(30):
        desk.commission(mia, f"N{n}")
    seal(at=desk.now)
    with django_assert_max_num_queries(14):
        assert reporting.report(row.pk, at=desk.now) == 1
    with django_assert_max_num_queries(14):
        assert deliver(at=desk.now) == 1
