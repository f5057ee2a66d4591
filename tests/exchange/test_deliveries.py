"""Reports go out: every event once, in order, whatever the receiver does and whoever dies on the way."""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from apps.custody.models import CustodyEvent
from apps.exchange import delivering, marking, reporting, tasks
from apps.exchange.delivering import deliver
from apps.exchange.models import Delivery, Subscription
from apps.exchange.named_queries import define_query
from apps.exchange.reporting import report_due
from apps.exchange.subscribing import read_wish, resume, subscribe, unsubscribe
from apps.exchange.webhooks import posting
from apps.exchange.webhooks.posting import Answer
from apps.ledger.services.seal import seal
from apps.parties.services import issue_token, revoke_token
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import CASE, START, Goods, uri, uris
from tests.exchange.receiver import Receiver, status

TOKEN = "13df38d8275b13f05704629e5f1cf3d45d6132d5"
EVERYTHING = {"eventType": ["ObjectEvent", "AggregationEvent"]}
ROOT = Path(__file__).parents[2]


class Desk:
    """Subscribes, seals, asks and sends, with a clock of its own that `later` moves."""

    def __init__(self, receiver: Receiver, goods: Goods) -> None:
        self.receiver, self.goods, self.now = receiver, goods, START

    def subscribe(
        self, who: Any, query: Any = None, token: Any = None, **more: Any
    ) -> Subscription:
        named = define_query(
            owner=who.membership, name=f"q{Subscription.objects.count()}",
            query=EVERYTHING if query is None else query, at=self.now,
        )  # fmt: skip
        body = {"dest": self.receiver.url} | more
        if "schedule" not in body:
            body["stream"] = True
        return subscribe(
            named=named, by=who.membership, token=token, wish=read_wish(body),
            epc_format="Always_GS1_Digital_Link", at=self.now,
        )  # fmt: skip

    def later(self, **how: float) -> datetime:
        self.now += timedelta(**how)
        return self.now

    def round(self, **how: Any) -> None:
        """Seals, asks what is due, sends what waits."""
        seal(at=self.now)
        while report_due(at=self.now) + deliver(at=self.now, **how):
            pass

    def commission(self, who: Any, *serials: str) -> None:
        self.goods.commission(who, [uri(one) for one in serials]).raise_refused()

    @property
    def told(self) -> list[str]:
        """The packs of all commissionings that arrived, in order; repeats by id left out."""
        first = {one.id: one for one in self.receiver.requests}
        return [
            event["epcList"][0].rpartition("/")[2]
            for one in first.values()
            for event in one.events
            if event["bizStep"] == "commissioning"
        ]


@pytest.fixture
def desk(receiver: Receiver, goods: Goods) -> Desk:
    return Desk(receiver, goods)


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


# --- the signature -----------------------------------------------------------------------------------------


def is_signed(token: str, header: str, body: bytes, *, now: float) -> bool:
    """The check of docs/epcis.md, as a receiver has it."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    expected = hmac.new(token.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    return abs(now - int(parts["t"])) < 300 and hmac.compare_digest(
        expected.hexdigest(), parts["sha256"]
    )


@pytest.mark.django_db
def test_a_report_is_signed_with_the_token(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia, signatureToken=TOKEN)
    desk.commission(mia, "A")
    desk.round()
    (one,) = desk.receiver.requests
    header, now = one.headers["gs1-signature"], desk.now.timestamp()
    assert is_signed(TOKEN, header, one.body, now=now)
    assert not is_signed(TOKEN + "x", header, one.body, now=now)
    assert not is_signed(TOKEN, header, one.body + b" ", now=now)
    assert not is_signed(TOKEN, header, one.body, now=now + 301)


@pytest.mark.django_db
def test_without_a_token_nothing_is_signed(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.round()
    assert "gs1-signature" not in desk.receiver.requests[0].headers


# --- receivers that fail -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (500, 2), (503, 2), (408, 2), (429, 2), (status(503, Retry_After="100"), 100),
        (status(429, Retry_After="Mon, 02 Nov 2026 08:05:00 GMT"), 300), (status(503, Retry_After="soon"), 2),
        (status(503, Retry_After="9" * 40), 86_400), ("die", 2), (b"nonsense\r\n\r\n", 2),
        (b"HTTP/1.1 2", 2), (302, 2), (404, 2),
    ],
)  # fmt: skip
def test_it_is_tried_again(desk: Desk, mia: Any, answer: Any, wait: int) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(answer)
    desk.round()
    row.refresh_from_db()
    assert (row.failures, row.state, row.last_notified_at) == (1, "active", None)
    assert row.last_error
    desk.later(seconds=wait - 1)
    desk.round()
    assert len(desk.receiver.requests) == 1
    desk.later(seconds=1)
    desk.round()
    first, second = desk.receiver.requests
    assert (first.id, first.body) == (second.id, second.body)
    row.refresh_from_db()
    assert (row.failures, row.last_error, row.last_notified_at) == (0, "", desk.now)


@pytest.mark.django_db
def test_a_redirection_is_not_followed(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    with Receiver() as elsewhere:
        desk.receiver.will_answer(status(307, Location=elsewhere.url))
        desk.round()
        assert elsewhere.requests == []
    assert Subscription.objects.get().last_status == 307


@pytest.mark.django_db
def test_a_status_counts_though_the_rest_breaks_off(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthank")
    desk.round()
    assert Delivery.objects.get().delivered_at == desk.now


def test_it_waits_longer_and_longer() -> None:
    waits = [int(marking.back_off(n).total_seconds()) for n in range(1, 9)]
    assert waits == [2, 8, 32, 128, 512, 2_048, 3_600, 3_600]
    assert marking.back_off(10**6) == timedelta(hours=1)


@pytest.mark.django_db
def test_after_days_it_gives_up_and_can_be_resumed(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    down: Any = lambda *_, **__: Answer(0, "It refuses connections.")  # noqa: E731
    desk.round(post=down)
    tries = 1
    while Subscription.objects.get().state == "active":
        assert desk.later(hours=12) <= START + timedelta(days=5)
        tries += deliver(at=desk.now, post=down)
    assert desk.now == START + timedelta(days=5)
    row.refresh_from_db()
    assert (row.state, row.failures) == ("failing", tries)
    assert "5 days" in row.reason and "refuses connections" in row.reason
    desk.commission(mia, "B")
    desk.round()
    assert desk.receiver.requests == []
    resume(subscription=row, by=mia.membership, token=None, at=desk.now)
    desk.round()
    assert desk.told == ["A", "B"]


@pytest.mark.django_db
def test_who_says_no_five_times_is_not_asked_again(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(403, 500, 403, 403, 401, 410)
    for _ in range(10):
        desk.round()
        desk.later(hours=1)
    row.refresh_from_db()
    assert (row.state, row.last_status) == ("refused", 410)
    assert len(desk.receiver.requests) == 6
    resume(subscription=row, by=mia.membership, token=None, at=desk.now)
    desk.round()
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_one_that_fails_keeps_nobody_else_waiting(desk: Desk, mia: Any, dan: Any) -> None:
    with Receiver() as other:
        other.will_answer(*["die"] * 9)
        desk.subscribe(mia, dest=other.url)
        desk.subscribe(mia)
        for serial in "AB":
            desk.commission(mia, serial)
            desk.round()
    assert desk.told == ["A", "B"]
    assert len(other.requests) == 1  # B waits for A


@pytest.mark.django_db
def test_what_cannot_be_written_is_tried_later(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "report_body", lambda *_: 1 / 0)
        desk.round()
    assert Subscription.objects.get().failures == 1
    desk.later(seconds=2)
    desk.round()
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_a_fault_in_sending_one_is_no_fault_of_the_others(desk: Desk, mia: Any) -> None:
    broken, fine = desk.subscribe(mia, dest="https://partner.example.org/"), desk.subscribe(mia)
    desk.commission(mia, "A")

    def post(url: str, *rest: Any, **more: Any) -> Answer:
        if url == broken.dest:
            raise RuntimeError("ours")
        return posting.post(url, *rest, **more)

    desk.round(post=post)
    assert desk.told == ["A"]
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.failures, fine.failures) == (1, 0)


@pytest.mark.django_db
def test_one_query_that_fails_stops_no_other(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _ = desk.subscribe(mia), desk.subscribe(mia)
    asked = reporting.question_of
    monkeypatch.setattr(
        reporting, "question_of", lambda q: 1 / 0 if q == broken.query else asked(q)
    )
    desk.commission(mia, "A")
    desk.round()
    assert desk.told == ["A"]


# --- whoever may not ask any more --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("how", ["left", "inactive", "revoked"])
def test_it_stops_with_whoever_subscribed(desk: Desk, mia: Any, how: str, asked: bool) -> None:
    token, _ = issue_token(
        membership=mia.membership, name="t", scopes=["read"], at=START,
        expires_at=START + timedelta(days=1),
    )  # fmt: skip
    row = desk.subscribe(mia, token=token)
    desk.commission(mia, "A")
    if asked:  # what is written down already is not sent either
        seal(at=desk.now)
        report_due(at=desk.now)
    if how == "left":
        mia.membership.delete()
    elif how == "inactive":
        mia.user.is_active = False
        mia.user.save()
    else:
        revoke_token(token=token, at=desk.now)
    desk.round()
    assert desk.receiver.requests == []
    row.refresh_from_db()
    assert row.state == "stopped"
    assert ("revoked" if how == "revoked" else "no longer a member") in row.reason


@pytest.mark.django_db
def test_a_token_that_merely_ended_stops_nothing(desk: Desk, mia: Any) -> None:
    token, _ = issue_token(
        membership=mia.membership, name="t", scopes=["read"], at=START,
        expires_at=START + timedelta(seconds=1),
    )  # fmt: skip
    desk.subscribe(mia, token=token)
    desk.commission(mia, "A")
    desk.later(days=1)
    desk.round()
    assert desk.told == ["A"]


# --- crashes and crowds ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_commits_out_of_order_are_told_all_and_once(desk: Desk, mia: Any, goods: Goods) -> None:
    """The slow capture draws its ids first and commits last, after later ids were told."""
    goods.commission(mia, [uri("SLOW"), uri("QUICK")]).raise_refused()
    desk.now = goods.tick()
    desk.subscribe(mia, {"EQ_bizStep": ["inspecting"]})
    drawn, go_on = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                goods.do(Kind.INSPECT, mia, [uri("SLOW")]).raise_refused()
                drawn.set()
                assert go_on.wait(30)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert drawn.wait(30)
    goods.do(Kind.INSPECT, mia, [uri("QUICK")]).raise_refused()
    desk.round()
    assert inspected(desk.receiver) == ["QUICK"]
    go_on.set()
    thread.join()
    desk.round()
    assert inspected(desk.receiver) == ["QUICK", "SLOW"]
    by_id = CustodyEvent.objects.filter(kind=Kind.INSPECT).order_by("id")
    assert [one.document["epcList"] for one in by_id] == [[uri("SLOW")], [uri("QUICK")]]


def inspected(receiver: Receiver) -> list[str]:
    events = [event for one in receiver.requests for event in one.events]
    return [event["epcList"][0].rpartition("/")[2] for event in events]


@pytest.fixture
def hire() -> Iterator[Callable[..., Any]]:
    """A worker process that sends and is stopped right after the answer came, before it could be marked."""
    environment = os.environ | {
        "DELIVERING_DATABASE": connection.settings_dict["NAME"],
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    hired = []

    def start(at: datetime) -> Any:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.delivering_worker", at.isoformat()],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip
        hired.append(worker)
        return worker

    yield start
    for worker in hired:
        worker.kill()
        worker.wait()
        assert worker.stdout
        worker.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_marking_it_is_sent_again_by_its_name(
    desk: Desk, mia: Any, hire: Any
) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    seal(at=desk.now)
    assert report_due(at=desk.now) == 1
    worker = hire(desk.now)
    assert worker.stdout.readline().strip() == "sent 200"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    desk.later(seconds=30)
    desk.round()
    assert len(desk.receiver.requests) == 1  # it may still be on its way
    desk.later(seconds=30)
    desk.commission(mia, "B")
    desk.round()
    first, again, other = desk.receiver.requests
    assert (first.id, first.body) == (again.id, again.body)
    assert other.id != first.id
    assert desk.told == ["A", "B"]
    assert Delivery.objects.filter(delivered_at=None).count() == 0


def at_once(count: int, act: Callable[[], Any]) -> None:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_report_once(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "EVENTS_A_REPORT", 1)
    for _ in range(3):
        desk.subscribe(mia)
    serials = [f"N{n}" for n in range(4)]
    for serial in serials:
        desk.commission(mia, serial)
    seal(at=desk.now)
    for _ in range(6):
        at_once(4, lambda: (report_due(at=desk.now), deliver(at=desk.now)))
    desk.round()
    requests = desk.receiver.requests
    assert len({one.id for one in requests}) == len(requests) == 12
    for name in ("q0", "q1", "q2"):
        mine = [one.events[0] for one in requests if one.results["queryName"] == name]
        assert [one["epcList"][0].rpartition("/")[2] for one in mine] == serials


@contextmanager
def held(rows: Any) -> Iterator[None]:
    """Another worker, with a connection of its own, is at work on these rows."""
    locked, go_on = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(rows.select_for_update())
                locked.set()
                go_on.wait(30)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert locked.wait(30)
    try:
        yield
    finally:
        go_on.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_at_is_left_to_it(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    seal(at=desk.now)
    with held(Subscription.objects.all()):
        assert report_due(at=desk.now) == 0
    assert not Delivery.objects.exists()
    assert report_due(at=desk.now) == 1
    with held(Delivery.objects.all()):
        assert deliver(at=desk.now) == 0
    assert deliver(at=desk.now) == 1
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_unsubscribed_while_it_is_sent(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    seal(at=desk.now)
    report_due(at=desk.now)
    claimed = delivering._claim(desk.now)
    unsubscribe(subscription=row)
    for answer in (Answer(200), Answer(500), Answer(413)):
        marking.mark(claimed[0], answer, at=desk.now)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_late_failure_does_not_undo_what_arrived_since(desk: Desk, mia: Any) -> None:
    """A sender that was slower than its lease comes back after another one has been through."""
    desk.subscribe(mia)
    desk.commission(mia, "A")
    seal(at=desk.now)
    report_due(at=desk.now)
    (slow,) = delivering._claim(desk.now)
    desk.later(seconds=61)
    desk.round()
    marking.mark(slow, Answer(500), at=desk.now)
    row = Subscription.objects.get()
    assert (row.failures, row.last_status) == (0, 200)
    assert Delivery.objects.get().delivered_at is not None


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
