"""What an authority's machine is told is a look like its people's: noted once, with whose data it was."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.webhooks.posting import Answer
from apps.oversight.models import AccessRecord
from tests.custody.goods import Goods
from tests.exchange.receiver import Receiver
from tests.exchange.subscriber import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(receiver: Receiver, goods: Goods) -> Desk:
    return Desk(receiver, goods)


def unreachable(*_: Any, **__: Any) -> Answer:
    return Answer(0, "Nobody answers.")


def test_a_report_to_an_authority_is_one_look_however_often_it_is_sent(
    desk: Desk,
    mia: Any,
    rosa: Any,
) -> None:
    desk.subscribe(rosa)
    desk.commission(mia, "A")
    desk.round(post=unreachable)
    desk.later(hours=1)
    desk.round()
    assert desk.told == ["A"]
    look = AccessRecord.objects.get()
    assert (look.kind, look.authority, look.user) == ("delivery", rosa.organisation, rosa.user)
    assert look.concerned == [mia.organisation.pk]
    assert look.subject == "q0 → 127.0.0.1"
    desk.commission(mia, "B")
    desk.round()
    assert AccessRecord.objects.count() == 2


def test_a_report_to_others_is_of_their_own_and_no_look(
    desk: Desk,
    mia: Any,
) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.round()
    assert desk.told == ["A"]
    assert not AccessRecord.objects.exists()


def test_an_empty_report_tells_nothing_of_anybody(
    desk: Desk,
    rosa: Any,
    receiver: Receiver,
) -> None:
    desk.subscribe(rosa, schedule={"second": "0"}, reportIfEmpty=True)
    desk.later(minutes=2)
    desk.round()
    assert receiver.requests
    assert not AccessRecord.objects.exists()


def test_whose_access_ended_is_told_nothing_and_has_looked_at_nothing(
    desk: Desk,
    mia: Any,
    rosa: Any,
) -> None:
    desk.subscribe(rosa)
    desk.commission(mia, "A")
    rosa.user.is_active = False
    rosa.user.save()
    desk.round()
    assert desk.told == []
    assert not AccessRecord.objects.exists()
