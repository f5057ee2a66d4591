"""A scan is on one list, however many devices send it at the same moment; whoever comes second is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.custody.models import RefusedEvent
from apps.desk.models import ScanLine
from apps.desk.sessions import add_scans as adding
from apps.desk.sessions.add_scans import Answered, Scan
from apps.desk.sessions.selectors import known_scans
from tests.custody.goods import GTIN, uri, uris
from tests.custody.test_races import all_at_once
from tests.desk.sessions.conftest import Gun, begin

pytestmark = pytest.mark.django_db(transaction=True)


def scan(code: str) -> Scan:
    return Scan(uuid4(), code, timezone.now())


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither writes before both have looked for the scans and found none."""
    looked, here = threading.Barrier(2), threading.local()

    def look(ids: Iterable[UUID]) -> dict[UUID, ScanLine]:
        found = known_scans(ids)
        if not hasattr(here, "looked"):
            here.looked = True
            looked.wait(timeout=20)
        return found

    monkeypatch.setattr(adding, "known_scans", look)


def sent(guns: Sequence[Gun], scans: Sequence[Sequence[Scan]]) -> list[list[Answered]]:
    return all_at_once(len(guns), lambda n: guns[n].send(scans[n]))


def fates(answers: Iterable[Iterable[Answered]]) -> Counter[str]:
    return Counter(
        one.refusal.code if one.refusal else "kept" for answer in answers for one in answer
    )


@pytest.mark.usefixtures("both_look_first")
def test_the_same_scan_to_two_sessions_at_once_is_on_one_list(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    twice, own = scan(uri("S0")), scan(uri("S1"))
    guns = [begin(mia, "count"), begin(mia, "count")]
    answers = sent(guns, [[twice], [twice, own]])
    assert fates(answers) == {"kept": 2, "scan_id_taken": 1}
    assert ScanLine.objects.get(scan_id=own.id).outcome == "good"
    assert ScanLine.objects.count() == 2


@pytest.mark.usefixtures("both_look_first")
def test_the_other_way_round_they_do_not_wait_for_each_other_for_ever(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    scans = [scan(code) for code in uris(2)]
    guns = [begin(mia, "count"), begin(mia, "count")]
    answers = sent(guns, [scans, scans[::-1]])
    assert fates(answers) == {"kept": 2, "scan_id_taken": 2}
    assert ScanLine.objects.count() == 2


@pytest.mark.usefixtures("both_look_first")
def test_a_stop_that_both_send_is_found_out_once(mia: Any, petra: Any, goods: Any) -> None:
    """What the second had written before it looked again is taken back with its scan."""
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    twice = scan(f"(01){GTIN}(21)S0(10)OTHER")
    answers = sent([begin(petra, "dispense"), begin(petra, "dispense")], [[twice], [twice]])
    assert fates(answers) == {"kept": 1, "scan_id_taken": 1}
    assert RefusedEvent.objects.count() == 1


def test_the_same_scan_twice_to_one_session_at_once_is_one_line(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    gun, twice = begin(mia, "count"), scan(uri("S0"))
    answers = sent([gun] * 8, [[twice]] * 8)
    assert fates(answers) == {"kept": 8}
    assert len({answer[0].line.pk for answer in answers if answer[0].line}) == 1
    assert ScanLine.objects.get().outcome == "good"
