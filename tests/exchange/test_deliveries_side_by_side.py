"""Reports arrive once, whoever dies on the way and however many send at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from apps.custody.models import CustodyEvent
from apps.exchange import delivering, marking, reporting
from apps.exchange.delivering import deliver
from apps.exchange.models import Delivery, Subscription
from apps.exchange.reporting import report_due
from apps.exchange.subscribing import unsubscribe
from apps.exchange.webhooks.posting import Answer
from apps.ledger.services.seal import seal
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import Goods, uri
from tests.exchange.receiver import Receiver
from tests.exchange.subscriber import Desk

ROOT = Path(__file__).parents[2]


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
