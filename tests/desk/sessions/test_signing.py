"""One signature: once however often it is sent, calm where a colleague was quicker, nothing where a rule says no."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.desk.models import ScanSession, SessionEvent
from apps.desk.sessions import sign as signing
from apps.desk.sessions.drop import drop
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, package, uri, uris
from tests.desk.sessions.conftest import arrive, begin


def test_the_same_signature_twice_is_answered_with_the_first_result(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(2), dan)
    gun = arrive(dan, mia)
    gun.scan(*uris(2))
    first, second = gun.sign(), gun.sign()
    assert (first.first, second.first) == (True, False)
    assert first.session.result == second.session.result
    assert CustodyEvent.objects.filter(kind="receive").count() == 1
    event = CustodyEvent.objects.get(kind="receive")
    assert SessionEvent.objects.get(event=event).session_id == gun.session.pk


def test_the_quicker_colleague_wins_and_the_other_is_told(
    mia: Any, dan: Any, colleague: Any, goods: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(2))
    goods.ship(mia, [CASE, uri("S2")], dan)
    one, other = arrive(dan, mia), arrive(colleague, mia)
    one.scan(CASE)
    other.scan(CASE, uri("S2"))
    assert one.sign().signed
    assert other.sign().signed
    assert other.now().result["already"] == 1
    assert other.session.result["recorded"] == 1
    assert package(uri("S2")).custodian == dan.organisation
    assert not RefusedEvent.objects.exists()
    late = arrive(colleague, mia)
    assert late.outcomes(CASE) == [("repeat", "done_before")]


def test_nothing_new_is_closed_without_an_event(
    mia: Any, dan: Any, colleague: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    one, other = arrive(dan, mia), arrive(colleague, mia)
    one.scan(uri("S0"))
    other.scan(uri("S0"))
    one.sign()
    assert other.sign().signed
    assert other.now().result == {
        "packs": 0, "recorded": 0, "refused": 0, "already": 1, "missing": [], "events": [],
    }  # fmt: skip


def test_a_shipment_that_was_taken_back_meanwhile_is_told_before_anything_is_recorded(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(2), dan)
    gun = arrive(dan, mia)
    gun.scan(*uris(2))
    goods.do("cancel_shipment", mia, [uri("S1")]).raise_refused()
    signature = gun.sign()
    assert not signature.signed
    assert [one.code for one in signature.refusals] == ["not_consignee"]
    assert not CustodyEvent.objects.filter(kind="receive").exists()
    assert gun.line("S1").outcome == "stop"
    assert gun.sign().signed, "without the line that stopped"


def test_killed_between_capture_and_closing_nothing_is_left_behind(
    mia: Any, dan: Any, goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    gun = arrive(dan, mia)
    gun.scan(uri("S0"))

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(signing, "_close", die)
        with pytest.raises(Killed):
            gun.sign()
    assert gun.now().state == ScanSession.State.OPEN
    assert package(uri("S0")).status == "in_transit"
    assert gun.sign().signed
    assert CustodyEvent.objects.filter(kind="receive").count() == 1


def test_a_receipt_is_dated_by_its_last_scan_and_a_shipment_by_its_signature(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(1), dan)
    earlier = timezone.now() - timedelta(minutes=40)
    gun = arrive(dan, mia)
    gun.scan(uri("S0"), at=earlier)
    gun.sign()
    assert CustodyEvent.objects.get(kind="receive").occurred_at == earlier
    out = begin(mia, "ship", party=dan.organisation)
    out.scan(uri("S1"), at=earlier)
    out.sign()
    assert CustodyEvent.objects.filter(kind="ship").latest("id").occurred_at == timezone.now()


def test_a_device_whose_clock_is_ahead_cannot_sign_for_the_future(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    gun = arrive(dan, mia)
    gun.scan(uri("S0"), at=timezone.now() + timedelta(hours=3))
    assert gun.sign().signed
    assert CustodyEvent.objects.get(kind="receive").occurred_at == timezone.now()


def test_dropped_is_dropped_and_empty_is_nothing(mia: Any) -> None:
    gun = begin(mia, "count")
    with pytest.raises(Refused, match="Nothing on the list"):
        gun.sign()
    drop(actor=mia.actor, session_id=gun.session.pk, at=timezone.now())
    with pytest.raises(Refused, match="dropped"):
        gun.sign()


def test_more_than_one_event_holds_is_split(mia: Any, dan: Any, goods: Any) -> None:
    some = uris(2_100)
    for first in (0, 1_050):
        goods.commission(mia, some[first : first + 1_050])
    gun = begin(mia, "ship", party=dan.organisation)
    for first in range(0, 2_100, 500):
        gun.scan(*some[first : first + 500])
    assert gun.sign().signed
    sizes = CustodyEvent.objects.filter(kind="ship").values_list("package_count", flat=True)
    assert sorted(sizes) == [101, 1_999]


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_the_same_moment_record_it_once(
    mia: Any, dan: Any, colleague: Any, goods: Any
) -> None:
    goods.commission(mia, uris(40))
    goods.ship(mia, uris(40), dan)
    guns = [arrive(dan, mia), arrive(colleague, mia)]
    for gun in guns:
        gun.scan(*uris(40))
    start = threading.Barrier(2)
    signed: list[bool] = []

    def press(gun: Any) -> None:
        start.wait()
        signed.append(gun.sign().signed)
        connections.close_all()

    threads = [threading.Thread(target=press, args=[gun]) for gun in guns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert signed == [True, True]
    assert CustodyEvent.objects.filter(kind="receive").count() == 1
    assert sorted(gun.now().result["already"] for gun in guns) == [0, 40]
